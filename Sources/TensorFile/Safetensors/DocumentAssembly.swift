// A document while it is being received. Memory follows what was received; what a header claims is checked as soon as
// the header has arrived, so that an impossible document is rejected before the rest arrives.

import Failures

/// The bytes of one document so far.
struct DocumentAssembly {
  private var limits: StreamLimits
  private(set) var bytes: [UInt8] = []
  private var headerEnd: Int?
  /// Where the tensors are, once the header has arrived.
  private(set) var layout: SafetensorsLayout?

  /// - Parameter expected: how many bytes to make room for at once, according to the frame's header.
  init(limits: StreamLimits, expected: Int = 0) {
    self.limits = limits
    bytes.reserveCapacity(expected)
  }

  /// Adds more bytes.
  /// - Throws: `Failure.data` if they can't belong to a valid document within the limits.
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
      throw SafetensorsLayout.broken("there is more data than it describes")
    }
  }

  private func parse(_ headerEnd: Int) throws(Failure) -> SafetensorsLayout {
    let header = Array(bytes[SafetensorsLayout.prefix..<headerEnd])
    let largest = max(limits.chunk, StreamLimits.model.chunk)
    let layout = try SafetensorsLayout(header: header, limit: largest)
    let limit = layout.metadata[StreamHeader.kindKey] == StreamHeader.modelKind ? largest : limits.chunk
    guard layout.byteCount <= limit else { throw SafetensorsLayout.tooLarge(limit) }
    return layout
  }

  /// Whether the bytes so far may be a document's: a header length and the header's brace.
  var looksValid: Bool {
    guard bytes.count > SafetensorsLayout.prefix else { return true }
    return bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
  }

  /// The whole document.
  /// - Throws: `Failure.data` if some of it is missing.
  func finish() throws(Failure) -> EncodedDocument {
    guard let layout, bytes.count == layout.byteCount else {
      throw .data("truncated: a document ends before the data that its header describes")
    }
    return EncodedDocument(bytes: bytes, layout: layout)
  }
}
