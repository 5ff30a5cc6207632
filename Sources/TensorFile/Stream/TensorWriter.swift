// Writing a tensor stream. Its contents depend only on the rows, the header and the options: not on how the rows were
// passed, nor on time, machine or threads.

import ByteStreams
import Failures
import Tensor

/// Writes a tensor stream: chunks of rows, then the provenance, then the end mark.
public final class TensorWriter {
  /// The number of rows written so far.
  public private(set) var rowsWritten = 0
  /// The schemas of the columns, from the first chunk.
  public private(set) var schema: [String: ColumnSchema] = [:]
  /// Called with every document before it is compressed; see `TensorReader.onDocument`.
  public var onDocument: (([UInt8]) throws -> Void)?

  /// The size of a document that takes some milliseconds to compress.
  private static let longDocument = 1 << 20
  /// More than two threads are rarely busy, since creating documents takes time too.
  private static let mostCompressing = 2

  private let header: StreamHeader
  private let frames: FrameWriter
  private var rows: RowAccumulator
  private let threadCount: Int
  private var threads: CompressionThreads?
  private var hasSchema = false
  private var documentsWritten = 0
  private var isFinished = false

  /// - Parameters:
  ///   - header: the metadata and side tensors of the stream. With the kind `model`, all tensors are side tensors,
  ///     including the weights under their names, and there are no rows.
  ///   - level: zstd's compression level, from 1 (fast) to 19 (small).
  ///   - chunkBytes: a chunk ends with the row that brings it to this many bytes.
  ///   - threads: the maximum number of threads; with one, chunks are compressed when they are written.
  public init(
    _ sink: any ByteSink, header: StreamHeader, level: Int32 = 1, chunkBytes: Int = 1 << 22, threads: Int = 2
  ) {
    self.header = header
    threadCount = min(threads, Self.mostCompressing)
    frames = FrameWriter(sink, level: level)
    rows = RowAccumulator(limit: max(chunkBytes, 1))
  }

  /// Appends rows. A chunk without rows still determines the columns.
  /// - Throws: `ClosedPipe` if the reader has closed the pipe; `Failure` if the columns differ from earlier ones,
  ///   can't be stored, or writing fails.
  public func write(_ chunk: Chunk) throws {
    if !hasSchema { try checkNames(chunk) }
    let form = chunk.columns.mapValues(\.schema)
    guard !hasSchema || form == schema else { throw Failure(.software, "the columns change between chunks") }
    (schema, hasSchema) = (form, true)
    rowsWritten += chunk.rows
    try rows.add(chunk) { try write($0) }
  }

  /// Writes the remaining rows, the provenance, and the end mark.
  /// - Throws: as `write(_:)`.
  public func finish(_ provenance: Provenance?) throws {
    guard !isFinished else { return }
    isFinished = true
    let rest = rows.drain()
    if !rest.isEmpty || documentsWritten == 0 { try write(rest) }
    try threads?.finish()
    threads = nil
    try frames.finish(provenance)
  }
}

// MARK: - Documents

extension TensorWriter {
  private func write(_ pieces: [RowPiece]) throws {
    let isFirst = documentsWritten == 0
    var tensors = pieces.tensors(of: schema)
    if isFirst { tensors += try sideTensors() }
    try checkSize(tensors)
    let document = encodeSafetensors(tensors, metadata: isFirst ? metadata : [:])
    documentsWritten += 1
    try onDocument?(document)
    try compress(document)
  }

  /// Compresses a short stream of one chunk on this thread; longer streams are worth starting threads for.
  private func compress(_ document: [UInt8]) throws {
    if threadCount > 1, threads == nil, documentsWritten == 2 || document.count >= Self.longDocument {
      threads = CompressionThreads(frames, count: threadCount)
    }
    if let threads { try threads.write(document) } else { try frames.write(document) }
  }

  private var metadata: [String: String] {
    header.metadata.merging([StreamFormat.key: StreamFormat.version]) { $1 }
  }

  private func sideTensors() throws -> [TensorParts] {
    try header.side.flatMap { name, tensor in
      guard name.hasPrefix(StreamFormat.sidePrefix) || header.kind == StreamHeader.modelKind else {
        throw Failure(.software, "the side tensor '\(name)' has the name of a column")
      }
      return header.parts(of: name, tensor)
    }
  }

  private func checkSize(_ tensors: [TensorParts]) throws {
    let limit = header.kind == StreamHeader.modelKind ? StreamLimits.model : .stream
    guard tensors.reduce(0, { $0 + $1.byteCount }) <= limit.chunk - limit.header else {
      throw Failure.data(
        "a single row or the side tensors exceed the \(limit.chunk >> 20) MiB limit of a chunk")
    }
  }

  /// Names that a reader would misinterpret are rejected before anything is written.
  private func checkNames(_ chunk: Chunk) throws {
    guard header.kind != StreamHeader.modelKind || chunk.columns.isEmpty else {
      throw Failure(.software, "a model has no rows")
    }
    guard !chunk.columns.isEmpty || chunk.rows == 0 else { throw Failure(.software, "rows without columns") }
    for name in chunk.columns.keys.sorted() {
      guard !name.isEmpty, !name.hasPrefix(StreamFormat.sidePrefix), name != "__metadata__",
        !name.hasSuffix(StreamFormat.values), !name.hasSuffix(StreamFormat.lengths),
        name.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
      else { throw Failure.data("a column can't have this name", at: "column '\(name)'") }
    }
  }
}
