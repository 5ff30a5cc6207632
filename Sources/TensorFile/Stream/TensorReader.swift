// Reading a tensor stream, or several joined ones, chunk by chunk in constant memory.

import ByteStreams
import Failures
import Synchronization
import Tensor

/// Reads a tensor stream or a bare safetensors document. The stream is known to be complete and undamaged only when
/// `next()` returns nil, since the end mark is read last.
public final class TensorReader {
  /// The metadata and side tensors of the stream; for joined streams, those of the first one.
  ///
  /// For a model (kind `model`, or with `StreamLimits.model` tensors that are not rows), all tensors, including the
  /// weights, are side tensors, and there are neither columns nor rows.
  public let header: StreamHeader
  /// The schemas of the columns, from the first chunk.
  public let schema: [String: ColumnSchema]
  /// How far the stream has been read. A run that fails is recorded while another thread may still be reading.
  private let progress = Mutex(Progress())

  private struct Progress {
    var rows = 0
    var isAtEnd = false
    var provenance: [Provenance] = []
    var shard: ShardRecord?
  }

  /// The number of rows returned by `next()` so far.
  public var rowsRead: Int { progress.withLock { $0.rows } }
  /// Whether everything, including the end mark, has been read and verified.
  public var isAtEnd: Bool { progress.withLock { $0.isAtEnd } }
  /// Called with every decompressed document, in order. Concatenated, they are the output of `zstd -dc`, whose
  /// SHA-256 is the artifact's hash.
  public var onDocument: (([UInt8]) throws -> Void)?

  /// The input's name in error messages.
  let name: String
  let limits: StreamLimits
  private let documents: DocumentReader
  /// The first document and its chunk, until they are returned.
  private var first: StreamDocument?
  private var firstChunk: Chunk?
  private let hasNoRows: Bool
  private var failure: (any Error)?

  /// Reads the first chunk.
  /// - Parameters:
  ///   - name: the input's name in error messages.
  ///   - limits: the reader's limits; `.model` for weights from any program.
  ///   - onDocument: called with every decompressed document, including the first one.
  /// - Throws: `Failure.data` if the input is empty, not a tensor stream, damaged or truncated, or in a
  ///   newer format.
  public init(
    _ source: any ByteSource, named name: String, limits: StreamLimits = .stream,
    onDocument: (([UInt8]) throws -> Void)? = nil
  ) throws {
    self.name = name
    self.limits = limits
    self.onDocument = onDocument
    do {
      documents = try DocumentReader(source, limits: limits)
      guard let document = try documents.next() else { throw StreamFault.empty }
      try TensorReader.checkFormat(document)
      hasNoRows = document.document.hasNoRows(limits.takesNonRowTensors)
      header = document.document.header(hasNoRows: hasNoRows)
      let chunk = hasNoRows ? Chunk([:], rows: 0) : try document.document.chunk()
      schema = chunk.columns.mapValues(\.schema)
      (first, firstChunk) = (document, chunk)
    } catch let failure as Failure {
      throw failure.placed(inStream: name)
    }
    if hasNoRows { documents.input.dropKept() }
  }

  /// The runs that produced the stream, one for each joined stream with provenance; complete once `isAtEnd` is true.
  public var provenance: [Provenance] { progress.withLock { $0.provenance } }

  /// The shard that the whole input is, if it is a single one; nil before `isAtEnd` is true, and for joined shards.
  public var shard: ShardRecord? { progress.withLock { $0.shard } }

  /// The next chunk, as it was written; nil once everything has been read and verified. Even a stream without rows
  /// has one chunk, which has its columns.
  /// - Throws: `Failure.data`, now and at every later call, if the stream is damaged, truncated, or
  ///   joined to one that doesn't match.
  public func next() throws -> Chunk? {
    guard let document = try nextDocument() else { return nil }
    return try located {
      let chunk = try firstChunk ?? document.chunk()
      firstChunk = nil
      try checkSchema(chunk)
      progress.withLock { $0.rows += chunk.rows }
      return chunk
    }
  }

  /// The rest of the stream as a single chunk.
  /// - Throws: as `next()`.
  public func readAll() throws -> Chunk {
    var chunks: [Chunk] = []
    while let chunk = try next() { chunks.append(chunk) }
    guard let joined = Chunk.joined(chunks) else {
      throw Failure(.software, "the stream was read to its end before", at: name)
    }
    return joined
  }

  /// Reads and discards the rest to verify the end.
  public func finish() throws {
    while try next() != nil {}
  }
}

// MARK: - Reading again

extension TensorReader {
  /// Whether no chunk has been returned yet.
  var isFresh: Bool { first != nil }

  /// The position in a file from which the input can be read again.
  var start: FilePosition? { documents.input.start }

  /// Passes the input's bytes, from the first one, to `body` as they are read. No chunk may have been returned yet.
  func copy(to body: @escaping ([UInt8]) throws -> Void) throws { try documents.input.copy(to: body) }
}

// MARK: - Documents

extension TensorReader {
  private func nextDocument() throws -> EncodedDocument? {
    try located {
      let isStart = first != nil
      let document = try first ?? documents.next()
      first = nil
      let (origins, shard) = (documents.provenance, documents.shard)
      progress.withLock { ($0.provenance, $0.isAtEnd, $0.shard) = (origins, document == nil, shard) }
      guard let document else { return nil }
      if !isStart { try checkLater(document) }
      documents.input.dropKept()
      try onDocument?(document.document.bytes)
      return document.document
    }
  }

  /// Runs `body`, adds the input's name to its failures, and remembers them.
  private func located<T>(_ body: () throws -> T) throws -> T {
    if let failure { throw failure }
    do {
      return try body()
    } catch {
      let placed = (error as? Failure)?.placed(inStream: name) ?? error
      failure = placed
      throw placed
    }
  }
}

// MARK: - Checks

extension TensorReader {
  private static func checkFormat(_ document: StreamDocument) throws(Failure) {
    let format = document.document.layout.metadata[StreamFormat.key]
    guard format != nil || document.isBare else {
      throw StreamFault.foreign("its first chunk has no \(StreamFormat.key)")
    }
    if let format, format != StreamFormat.version { throw StreamFault.newer(format) }
  }

  /// A document after the first: more rows, or the beginning of a joined stream.
  private func checkLater(_ document: StreamDocument) throws(Failure) {
    guard !hasNoRows else {
      throw .data("there are several models or documents in one stream", remedy: "models can't be joined")
    }
    if document.isFirst {
      try TensorReader.checkFormat(document)
      try checkJoined(document.document.header(hasNoRows: false))
    } else {
      let layout = document.document.layout
      guard layout.metadata[StreamFormat.key] == nil,
        !layout.entries.keys.contains(where: { $0.hasPrefix(StreamFormat.sidePrefix) })
      else { throw StreamFault.damaged("a second stream begins without an end mark before it") }
    }
  }

  /// Metadata on how a stream was produced, in which joined streams may differ.
  private static let perStreamKeys: Set = ["rnn.split", "rnn.source"]

  private func checkJoined(_ other: StreamHeader) throws(Failure) {
    let keys = Set(header.metadata.keys).union(other.metadata.keys).filter { $0.hasPrefix("rnn.") }
    for key in keys.subtracting(TensorReader.perStreamKeys).sorted()
    where header.metadata[key] != other.metadata[key] {
      throw .data(
        "the streams joined here differ in '\(key)'", remedy: "join only streams made in the same way")
    }
    for name in Set(header.side.keys).union(other.side.keys).sorted()
    where header.side[name] != other.side[name] {
      throw .data(
        "the streams joined here differ in '\(name)'", remedy: "join only streams made in the same way")
    }
  }

  private func checkSchema(_ chunk: Chunk) throws(Failure) {
    let schema = chunk.columns.mapValues(\.schema)
    for name in Set(self.schema.keys).union(schema.keys).sorted() where self.schema[name] != schema[name] {
      throw .data(
        "is \(describe(schema[name])) after row \(rowsRead), and \(describe(self.schema[name])) before",
        at: "column '\(name)'", remedy: "join only streams with the same columns")
    }
  }
}

private func describe(_ schema: ColumnSchema?) -> String {
  guard let schema else { return "missing" }
  let shape = schema.rowShape.map { " x \($0)" }.joined()
  return "\(schema.isRagged ? "ragged " : "")\(schema.type.rawValue)\(shape)"
}

extension Failure {
  /// The failure with the stream's name before the column, if any; a system failure keeps its location.
  func placed(inStream name: String) -> Failure {
    guard kind == .data, let place, place != name else { return placed(at: name) }
    return Failure(kind, "\(place) \(problem)", at: name, remedy: remedy)
  }
}
