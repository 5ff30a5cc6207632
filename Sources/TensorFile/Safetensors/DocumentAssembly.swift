// A document while it is being received. Memory is allocated for received data only; the header is checked as soon as
// it is complete, so that an invalid document is rejected before the rest arrives.

import Failures

/// The bytes of one document so far.
struct DocumentAssembly {
  private var limits: StreamLimits
  private(set) var bytes: [UInt8] = []
  private var headerEnd: Int?
  /// The positions of the tensors, once the header is complete.
  private(set) var layout: SafetensorsLayout?

  /// - Parameter expected: the number of bytes to reserve, according to the frame's header.
  init(limits: StreamLimits, expected: Int = 0) {
    self.limits = limits
    bytes.reserveCapacity(expected)
  }

  /// Adds more bytes.
  /// - Throws: `Failure.data` if the document is invalid or exceeds the limits.
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

  /// Whether the bytes so far can be the beginning of a document: a header length and the header's opening brace.
  var looksValid: Bool {
    guard bytes.count > SafetensorsLayout.prefix else { return true }
    return bytes[4..<8].allSatisfy { $0 == 0 } && bytes[8] == UInt8(ascii: "{")
  }

  /// The complete document.
  /// - Throws: `Failure.data` if a part of it is missing.
  func finish() throws(Failure) -> EncodedDocument {
    guard let layout, bytes.count == layout.byteCount else {
      throw .data("truncated: a document ends before the data that its header describes")
    }
    return EncodedDocument(bytes: bytes, layout: layout)
  }
}
