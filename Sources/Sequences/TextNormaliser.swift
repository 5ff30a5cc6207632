// From a row's bytes to the form in which tokens are cut: lower case, and spaces in place of filtered
// characters. Bytes are looked up in a table; of rows with a byte beyond ASCII, what lies beyond is decoded.

/// Normalises one row after another into a buffer that is used again.
struct TextNormaliser: Sendable {
  private static let space = UInt8(ascii: " ")
  /// How many spaces follow the row in the buffer, so that a scanner may read whole words at its end.
  static let margin = 8

  private let mode: TokenMode
  private var lower: LowerCase?
  private let filters: Set<UInt32>
  private let ascii: InlineArray<256, UInt8>
  private var spare: [UInt8] = []

  /// The normalised row: its first `count` bytes. `margin` spaces follow.
  private(set) var buffer: [UInt8] = []
  /// How many bytes the normalised row has.
  private(set) var count = 0

  init(_ rules: TokenRules) {
    mode = rules.mode
    lower = rules.lower ? LowerCase() : nil
    let filters = Set(rules.filters.unicodeScalars.map(\.value))
    self.filters = filters
    ascii = InlineArray { byte in
      let isCapital = rules.lower && (0x41...0x5A).contains(byte)
      let mapped = isCapital ? byte + 0x20 : byte
      return filters.contains(UInt32(mapped)) ? Self.space : UInt8(mapped)
    }
  }

  /// Replaces the buffer's contents by the normalised `row`.
  mutating func normalise(_ row: Span<UInt8>) {
    let room = row.count + Self.margin
    if buffer.count < room { buffer = [UInt8](repeating: 0, count: max(room, 2 * buffer.count)) }
    let bits = mapBytes(row)
    count = row.count
    if bits >= 0x80, mode != .byte { normaliseScalars(row) }
    for index in count..<count + Self.margin { buffer[index] = Self.space }
  }

  /// Maps each byte by the table, and returns all the row's bits.
  private mutating func mapBytes(_ row: Span<UInt8>) -> UInt8 {
    var bits: UInt8 = 0
    let bytes = ascii
    let table = bytes.span
    var output = buffer.mutableSpan
    precondition(row.count <= output.count, "no room for the row")
    for index in 0..<row.count {
      bits |= row[index]
      output[index] = table[Int(row[index])]
    }
    return bits
  }
}

// MARK: - Beyond ASCII

extension TextNormaliser {
  /// Goes over a row whose bytes were mapped: runs of ASCII are right as they are.
  private mutating func normaliseScalars(_ row: Span<UInt8>) {
    spare.removeAll(keepingCapacity: true)
    var decoder = UTF8Decoder()
    while decoder.position < row.count {
      let run = decoder.skipASCII(in: row)
      spare.append(contentsOf: buffer[run])
      guard let scalar = decoder.next(in: row) else { break }
      // What a sigma becomes depends on the letters around it.
      if lower != nil, scalar == LowerCase.capitalSigma { return normaliseInContext(row) }
      appendLower(scalar)
    }
    takeSpare()
  }

  private mutating func appendLower(_ scalar: UInt32) {
    if let single = lower?.single(scalar) ?? (lower == nil ? scalar : nil) { return append(single) }
    var scalars = [scalar]
    lower?.apply(to: &scalars)
    for scalar in scalars { append(scalar) }
  }

  private mutating func normaliseInContext(_ row: Span<UInt8>) {
    var scalars: [UInt32] = []
    var decoder = UTF8Decoder()
    while let scalar = decoder.next(in: row) { scalars.append(scalar) }
    lower?.apply(to: &scalars)
    spare.removeAll(keepingCapacity: true)
    for scalar in scalars { append(scalar) }
    takeSpare()
  }

  /// Appends a scalar in lower case, or a space where it is filtered.
  private mutating func append(_ scalar: UInt32) {
    if scalar < 0x80 {
      spare.append(ascii[Int(scalar)])
    } else if !filters.isEmpty, filters.contains(scalar) {
      spare.append(Self.space)
    } else {
      spare.append(utf8: scalar)
    }
  }

  private mutating func takeSpare() {
    count = spare.count
    for _ in 0..<Self.margin { spare.append(Self.space) }
    swap(&buffer, &spare)
  }
}
