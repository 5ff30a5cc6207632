// From a row's bytes to the form in which tokens are cut: lower case, and spaces in place of filtered
// characters. Bytes are looked up in a table; only rows with a byte beyond ASCII are decoded.

/// Normalises one row after another into a buffer that is used again.
struct TextNormaliser: Sendable {
  private static let space = UInt8(ascii: " ")
  private let keepsBytes: Bool
  private let lower: LowerCase?
  private let filters: Set<UInt32>
  private let ascii: [UInt8]
  private var scalars: [UInt32] = []

  /// The normalised row: its first `count` bytes.
  private(set) var buffer: [UInt8] = []
  /// How many bytes the normalised row has.
  private(set) var count = 0

  init(_ rules: TokenRules) {
    keepsBytes = rules.mode == .byte
    lower = rules.lower ? LowerCase.shared : nil
    let filters = Set(rules.filters.unicodeScalars.map(\.value))
    self.filters = filters
    ascii = (0...0xFF).map { byte in
      let isCapital = rules.lower && (0x41...0x5A).contains(byte)
      let mapped = isCapital ? byte + 0x20 : byte
      return filters.contains(UInt32(mapped)) ? Self.space : UInt8(mapped)
    }
  }

  /// Replaces the buffer's contents by the normalised `row`.
  mutating func normalise(_ row: Span<UInt8>) {
    if buffer.count < row.count { buffer = [UInt8](repeating: 0, count: max(row.count, 2 * buffer.count)) }
    let bits = mapBytes(row)
    count = row.count
    if bits >= 0x80, !keepsBytes { normaliseScalars(row) }
  }

  /// Maps each byte by the table, and returns all the row's bits.
  private mutating func mapBytes(_ row: Span<UInt8>) -> UInt8 {
    var bits: UInt8 = 0
    let bytes = ascii
    let table = bytes.span
    var output = buffer.mutableSpan
    for index in row.indices {
      bits |= row[index]
      output[index] = table[Int(row[index])]
    }
    return bits
  }

  private mutating func normaliseScalars(_ row: Span<UInt8>) {
    scalars.removeAll(keepingCapacity: true)
    var decoder = UTF8Decoder()
    while let scalar = decoder.next(in: row) { scalars.append(scalar) }
    lower?.apply(to: &scalars)
    buffer.removeAll(keepingCapacity: true)
    for scalar in scalars {
      if scalar < 0x80 {
        buffer.append(ascii[Int(scalar)])
      } else if !filters.isEmpty, filters.contains(scalar) {
        buffer.append(Self.space)
      } else {
        buffer.append(utf8: scalar)
      }
    }
    count = buffer.count
  }
}
