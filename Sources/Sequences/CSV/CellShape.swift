// The outer form of a cell: whether it can be a value, a number or a time, and how its digits are grouped. It
// distinguishes a line of values from a line of names, whatever the format of numbers and times.

/// The form of a cell, in which runs of digits and of letters count as one.
enum CellShape: Equatable {
  /// Empty, or a missing-value marker.
  case missing
  /// Text without digits.
  case word
  /// Text with digits that is not a value, such as `Jan-18` or `pm2.5`: its pattern, such as `a-0`.
  case mixed([UInt8])
  /// A number or a time: its pattern, such as `0.0` or `0-0-0`.
  case value([UInt8])

  private static let digit = UInt8(ascii: "0")
  private static let letter = UInt8(ascii: "a")

  init(_ cell: ArraySlice<UInt8>) {
    if NumberFormat.isMissing(cell) {
      self = .missing
    } else if !cell.contains(where: { (0x30...0x39).contains($0) }) {
      self = .word
    } else {
      let pattern = Self.pattern(cell)
      self = Self.canBeValue(cell) ? .value(pattern) : .mixed(pattern)
    }
  }

  var isValue: Bool { if case .value = self { true } else { false } }

  /// Whether the pattern is more than one run of digits or letters and digits, so that two alike mean something.
  var isDetailed: Bool {
    switch self {
    case .value(let pattern), .mixed(let pattern):
      pattern.contains { $0 != Self.digit && $0 != Self.letter }
    case .missing, .word: false
    }
  }

  private static func pattern(_ cell: ArraySlice<UInt8>) -> [UInt8] {
    var pattern: [UInt8] = []
    for byte in cell {
      let isLetter = byte >= 0x80 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
      let kind = (0x30...0x39).contains(byte) ? digit : isLetter ? letter : byte
      if pattern.last != kind || kind == byte && kind != digit { pattern.append(kind) }
    }
    return pattern
  }

  /// Whether the bytes are those of numbers, dates and times of day only: digits, signs, separators, an exponent, and
  /// the letters of `2022-01-01T00:00Z`.
  private static func canBeValue(_ cell: ArraySlice<UInt8>) -> Bool {
    guard let first = cell.first, (0x30...0x39).contains(first) || "+-.".utf8.contains(first) else {
      return false
    }
    return cell.allSatisfy { (0x30...0x39).contains($0) || "+-.,:/' %eETZ".utf8.contains($0) }
  }
}
