// Normalizes a row before it is split into tokens: lower case, and spaces instead of filtered characters.
// ASCII bytes are mapped by a table; other characters are decoded.

/// Normalizes rows, reusing its buffer.
struct TextNormalizer: Sendable {
  private static let space = UInt8(ascii: " ")
  /// The number of spaces after the row in the buffer, so that a scanner can read whole words at its end.
  static let margin = 8

  private let mode: TokenMode
  private let prefixesSpace: Bool
  private var lower: LowerCase?
  private let filters: Set<UInt32>
  private let ascii: InlineArray<256, UInt8>
  private var spare: [UInt8] = []

  /// The normalized row: the first `count` bytes, followed by `margin` spaces.
  private(set) var buffer: [UInt8] = []
  /// The number of bytes in the normalized row.
  private(set) var count = 0

  init(_ rules: TokenRules) {
    mode = rules.mode
    prefixesSpace = rules.prefixSpace
    lower = rules.lower ? LowerCase() : nil
    let filters = Set(rules.filters.unicodeScalars.map(\.value))
    self.filters = filters
    ascii = InlineArray { byte in
      let isCapital = rules.lower && (0x41...0x5A).contains(byte)
      let mapped = isCapital ? byte + 0x20 : byte
      return filters.contains(UInt32(mapped)) ? Self.space : UInt8(mapped)
    }
  }

  /// Replaces the contents of the buffer with the normalized `row`.
  mutating func normalize(_ row: Span<UInt8>) {
    let room = row.count + Self.margin
    if buffer.count < room { buffer = [UInt8](repeating: 0, count: max(room, 2 * buffer.count)) }
    let bits = mapBytes(row)
    count = row.count
    if bits >= 0x80, mode != .byte { normalizeScalars(row) }
    if mode.hasPieces { normalizeSpaces() }
    for index in count..<count + Self.margin { buffer[index] = Self.space }
  }

  /// Maps each byte by the table, and returns the OR of all bytes.
  private mutating func mapBytes(_ row: Span<UInt8>) -> UInt8 {
    var bits: UInt8 = 0
    let bytes = ascii
    let table = bytes.span
    var output = buffer.mutableSpan
    precondition(row.count <= output.count, "the buffer is too small for the row")
    for index in 0..<row.count {
      bits |= row[index]
      output[index] = table[Int(row[index])]
    }
    return bits
  }
}

// MARK: - Non-ASCII characters

extension TextNormalizer {
  /// Normalizes the non-ASCII characters of a row; runs of ASCII are already mapped.
  private mutating func normalizeScalars(_ row: Span<UInt8>) {
    spare.removeAll(keepingCapacity: true)
    var decoder = UTF8Decoder()
    while decoder.position < row.count {
      let run = decoder.skipASCII(in: row)
      spare.append(contentsOf: buffer[run])
      guard let scalar = decoder.next(in: row) else { break }
      // The lower case of a sigma depends on its context.
      if lower != nil, scalar == LowerCase.capitalSigma { return normalizeInContext(row) }
      appendLower(scalar)
    }
    useSpare()
  }

  private mutating func appendLower(_ scalar: UInt32) {
    if let single = lower?.single(scalar) ?? (lower == nil ? scalar : nil) { return append(single) }
    var scalars = [scalar]
    lower?.apply(to: &scalars)
    for scalar in scalars { append(scalar) }
  }

  private mutating func normalizeInContext(_ row: Span<UInt8>) {
    var scalars: [UInt32] = []
    var decoder = UTF8Decoder()
    while let scalar = decoder.next(in: row) { scalars.append(scalar) }
    lower?.apply(to: &scalars)
    spare.removeAll(keepingCapacity: true)
    for scalar in scalars { append(scalar) }
    useSpare()
  }

  /// Appends a lowercased scalar, or a space if it is filtered.
  private mutating func append(_ scalar: UInt32) {
    if scalar < 0x80 {
      spare.append(ascii[Int(scalar)])
    } else if !filters.isEmpty, filters.contains(scalar) {
      spare.append(Self.space)
    } else {
      spare.append(utf8: scalar)
    }
  }

  private mutating func useSpare() {
    count = spare.count
    spare.append(contentsOf: repeatElement(Self.space, count: Self.margin))
    swap(&buffer, &spare)
  }
}

// MARK: - Spaces of pieces

extension TextNormalizer {
  /// Lets the row begin with a space, like every other word; where tokens are words, all other white space becomes
  /// single spaces between them.
  private mutating func normalizeSpaces() {
    spare.removeAll(keepingCapacity: true)
    if mode == .punct {
      for word in buffer[..<count].split(whereSeparator: Self.isSpace) {
        spare.append(Self.space)
        spare.append(contentsOf: word)
      }
    } else {
      if prefixesSpace, count > 0, buffer[0] != Self.space { spare.append(Self.space) }
      spare.append(contentsOf: buffer[..<count])
    }
    useSpare()
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == space || (0x09...0x0D).contains(byte) }
}
