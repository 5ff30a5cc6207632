// The documents of one stream or several joined ones. Every frame is compared with the seek table, which is the end
// mark: input that is truncated, or in which a frame was lost, repeated, swapped or damaged, always causes an error
// instead of missing or different data.

import ByteStreams
import Failures

/// A document that has been read.
struct StreamDocument {
  let document: EncodedDocument
  /// Whether it is the first document of its stream, which has the header.
  let isFirst: Bool
  /// Whether it is a bare safetensors document without a frame.
  let isBare: Bool
}

/// Reads documents in order.
final class DocumentReader {
  let input: BufferedSource
  private let limits: StreamLimits
  private let decompressor: Decompressor
  private var state = State.start
  /// The frames of the current stream so far.
  private var frames: [FrameRecord] = []
  private(set) var provenance: [Provenance] = []
  /// The provenance of the current stream.
  private var origin: Provenance?
  private var shards = ShardOrder()
  /// The shard that the input is, if it is a single one; nil before its end.
  var shard: ShardRecord? { state == .end ? shards.lone : nil }

  private enum State {
    /// Nothing has been read.
    case start
    /// Between two data frames of a stream.
    case data
    /// After a stream's provenance; its end mark must follow.
    case provenance
    /// After an end mark; another stream may follow.
    case seam
    /// The end has been reached and verified.
    case end
  }

  init(_ source: any ByteSource, limits: StreamLimits) throws {
    input = BufferedSource(source)
    self.limits = limits
    decompressor = try Decompressor()
  }

  /// The next document; nil once everything has been read and verified.
  /// - Throws: a failure of `StreamFault`, or `Failure` of kind `io` from the source.
  func next() throws -> StreamDocument? {
    while state != .end {
      let head = try input.peek(state == .start ? OtherFormat.peeked : SafetensorsLayout.prefix + 1)
      if let document = try step(head) { return document }
    }
    return nil
  }

  /// Reads a frame; returns its document, or nil if it is not a data frame.
  private func step(_ head: ArraySlice<UInt8>) throws -> StreamDocument? {
    if head.isEmpty {
      try checkEnd()
      return nil
    }
    let magic = head.count < 4 ? nil : Array(head).number(at: 0, as: UInt32.self)
    switch (magic, state) {
    case (Decompressor.magic, .start), (Decompressor.magic, .seam), (Decompressor.magic, .data):
      return try dataFrame()
    case (ProvenanceFrame.magic, .data):
      try provenanceFrame()
    case (SeekTable.magic, .data), (SeekTable.magic, .provenance):
      try endMark()
    case (_, .start):
      return try bareDocument(head)
    default:
      throw magic == nil ? StreamFault.truncated("within a frame") : unexpected
    }
    return nil
  }

  private var unexpected: Failure {
    StreamFault.damaged(
      state == .seam
        ? "other bytes follow its end mark" : "frame \(frames.count + 1) has an unknown magic number")
  }

  private func checkEnd() throws {
    switch state {
    case .start: throw StreamFault.empty
    case .data, .provenance: throw StreamFault.truncated("before its end mark")
    case .seam:
      try shards.finish()
      state = .end
    case .end: break
    }
  }
}

// MARK: - Frames

extension DocumentReader {
  private func dataFrame() throws -> StreamDocument {
    let isFirst = state != .data
    if isFirst { frames = [] }
    let expected = try decompressor.expectedSize(input)
    var assembly = DocumentAssembly(limits: limits, expected: expected)
    do {
      frames.append(try decompressor.decompress(input) { try assembly.append($0) })
    } catch  where state == .start && !assembly.looksValid {
      throw StreamFault.foreign("it is zstd-compressed, but not a tensor stream")
    }
    state = .data
    return StreamDocument(document: try assembly.finish(), isFirst: isFirst, isBare: false)
  }

  private func provenanceFrame() throws {
    let (origin, size) = try ProvenanceFrame.read(from: input, after: frames)
    frames.append(.skippable(size))
    provenance.append(origin)
    self.origin = origin
    state = .provenance
  }

  private func endMark() throws {
    try SeekTable.verify(frames, from: input)
    try shards.add(origin)
    (frames, origin) = ([], nil)
    state = .seam
  }

  /// A bare safetensors document, recognized by a plausible header length and the header's opening brace.
  private func bareDocument(_ head: ArraySlice<UInt8>) throws -> StreamDocument {
    try checkBare(head)
    var assembly = DocumentAssembly(limits: limits)
    while true {
      let bytes = try input.available()
      if bytes.isEmpty { break }
      try assembly.append(bytes)
      input.advance(bytes.count)
    }
    state = .end
    return StreamDocument(document: try assembly.finish(), isFirst: true, isBare: true)
  }

  private func checkBare(_ head: ArraySlice<UInt8>) throws {
    let bytes = Array(head)
    if let other = OtherFormat(beginning: bytes) { throw other.failure }
    if bytes.count < 4, withMagic(bytes) {
      throw StreamFault.truncated("after \(counted(bytes.count, "byte"))")
    }
    guard bytes.count > SafetensorsLayout.prefix else {
      throw StreamFault.foreign("only \(counted(bytes.count, "byte"))")
    }
    guard bytes[8] == UInt8(ascii: "{"), bytes[4..<8].allSatisfy({ $0 == 0 }) else {
      throw StreamFault.foreign("it begins neither with a zstd frame nor with a safetensors header")
    }
  }

  /// Whether the bytes are the beginning of a zstd frame.
  private func withMagic(_ bytes: [UInt8]) -> Bool {
    withUnsafeBytes(of: Decompressor.magic) { $0.starts(with: bytes) }
  }
}
