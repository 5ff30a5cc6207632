// What a character is, as far as tokens depend on it: a letter, a digit, white space or something else.

/// The kind of a Unicode scalar.
enum ScalarKind {
  case letter, mark, number, space, other

  /// The kind of each ASCII character.
  private static let ascii: [ScalarKind] = (0..<0x80).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): .letter
    case UInt8(ascii: "0")...UInt8(ascii: "9"): .number
    case 0x09...0x0D, 0x20: .space
    default: .other
    }
  }

  /// The kind of the scalar with this value.
  init(_ value: UInt32) {
    self =
      value < 0x80 ? Self.ascii[Int(value)] : Unicode.Scalar(value).map(Self.init(beyondASCII:)) ?? .other
  }

  private init(beyondASCII scalar: Unicode.Scalar) {
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
    case .nonspacingMark, .spacingMark, .enclosingMark: self = .mark
    case .decimalNumber, .letterNumber, .otherNumber: self = .number
    default: self = scalar.properties.isWhitespace ? .space : .other
    }
  }
}
