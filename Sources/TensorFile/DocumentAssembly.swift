// A document while it is received. Memory follows what came in; what a header claims is checked as soon as
// the header is there, so that an impossible document is refused before its bulk arrives.

import Failures

/// The bytes of one document so far.
struct DocumentAssembly {
  private var limits: StreamLimits
  private(set) var bytes: [UInt8] = []
  private var headerEnd: Int?
  /// Where the tensors lie, once the header is there.
  private(set) var layout: SafetensorsLayout?

  /// - Parameter expected: room to make at once, as the frame's header has it.
  init(limits: StreamLimits, expected: Int = 0) {
    self.limits = limits
    bytes.reserveCapacity(expected)
  }

  /// Takes in more bytes.
  /// - Throws: `Failure.data` where they can't belong to a sound document within the limits.
  mutating func append(_ more: some Collection<UInt8>) throws(Failure) {
    bytes.append(contentsOf: more)
    try check()
  }

  private mutating func check() throws(Failure) {
    if headerEnd == nil, bytes.count >= SafetensorsLayout.prefix {
      let length = try SafetensorsLayout.headerLength(bytes, limit: limits.header)
      headerEnd = SafetensorsLayout.prefix + length
    }
    if layout == nil, let headerEnd, bytes.count >= headerEnd { layout = try parse(headerEnd) }
    if let layout, bytes.count > layout.byteCount {
      throw SafetensorsLayout.broken("more data follow than it describes")
    }
  }

  private func parse(_ headerEnd: Int) throws(Failure) -> SafetensorsLayout {
    let header = Array(bytes[SafetensorsLayout.prefix..<headerEnd])
    let roomiest = max(limits.chunk, StreamLimits.model.chunk)
    let layout = try SafetensorsLayout(header: header, limit: roomiest)
    let limit = layout.metadata[StreamHeader.kindKey] == StreamHeader.modelKind ? roomiest : limits.chunk
    guard layout.byteCount <= limit else { throw SafetensorsLayout.tooLarge(limit) }
    return layout
  }

  /// Whether the bytes so far may be a document's: a header of some length, and its brace.
  var looksSound: Bool {
    guard bytes.count > SafetensorsLayout.prefix else { return true }
    return bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
  }

  /// The whole document.
  /// - Throws: `Failure.data` where some of it is missing.
  func finish() throws(Failure) -> EncodedDocument {
    guard let layout, bytes.count == layout.byteCount else {
      throw .data("truncated: a document ends before the data that its header describes")
    }
    return EncodedDocument(bytes: bytes, layout: layout)
  }
}
