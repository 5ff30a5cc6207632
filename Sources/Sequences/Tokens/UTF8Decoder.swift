// Conversion between UTF-8 and scalars. Invalid bytes become U+FFFD, one for each maximal subpart of an
// ill-formed sequence (Unicode 3.9, and Python's `errors="replace"`).

/// Decodes scalars one after another.
struct UTF8Decoder {
  private static let replacement: UInt32 = 0xFFFD
  /// The start of the next scalar.
  private(set) var position = 0

  /// Skips the ASCII characters that follow, and returns their range.
  mutating func skipASCII(in text: Span<UInt8>) -> Range<Int> {
    let start = position
    while position < text.count, text[position] < 0x80 { position += 1 }
    return start..<position
  }

  /// The next scalar of `text`; nil at its end.
  mutating func next(in text: Span<UInt8>) -> UInt32? {
    guard position < text.count else { return nil }
    let first = text[position]
    position += 1
    return first < 0x80 ? UInt32(first) : longer(first, in: text)
  }

  /// A scalar of several bytes, by Unicode's table 3-7 (well-formed byte sequences).
  private mutating func longer(_ first: UInt8, in text: Span<UInt8>) -> UInt32 {
    guard let form = Self.form(of: first) else { return Self.replacement }
    var scalar = UInt32(first) & form.mask
    var range = form.second
    for _ in 0..<form.more {
      guard position < text.count, range.contains(text[position]) else { return Self.replacement }
      scalar = scalar << 6 | UInt32(text[position] & 0x3F)
      position += 1
      range = 0x80...0xBF
    }
    return scalar
  }

  /// How many bytes follow `first`, the mask of its payload bits, and the range of the second byte.
  private static func form(of first: UInt8) -> (more: Int, mask: UInt32, second: ClosedRange<UInt8>)? {
    switch first {
    case 0xC2...0xDF: (1, 0x1F, 0x80...0xBF)
    case 0xE0: (2, 0x0F, 0xA0...0xBF)
    case 0xED: (2, 0x0F, 0x80...0x9F)
    case 0xE1...0xEF: (2, 0x0F, 0x80...0xBF)
    case 0xF0: (3, 0x07, 0x90...0xBF)
    case 0xF1...0xF3: (3, 0x07, 0x80...0xBF)
    case 0xF4: (3, 0x07, 0x80...0x8F)
    default: nil
    }
  }
}

extension [UInt8] {
  /// Appends the UTF-8 encoding of `scalar`.
  mutating func append(utf8 scalar: UInt32) {
    switch scalar {
    case ..<0x80: break
    case ..<0x800: append(UInt8(0xC0 | scalar >> 6))
    case ..<0x10000:
      append(UInt8(0xE0 | scalar >> 12))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
    default:
      append(UInt8(0xF0 | scalar >> 18 & 0x07))
      append(UInt8(0x80 | scalar >> 12 & 0x3F))
      append(UInt8(0x80 | scalar >> 6 & 0x3F))
    }
    append(scalar < 0x80 ? UInt8(scalar) : UInt8(0x80 | scalar & 0x3F))
  }
}
