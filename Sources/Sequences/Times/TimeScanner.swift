// Consumes numbers, names and separators from the front of a short text: all time formats are read with it.

/// The rest of a short text.
struct TimeScanner {
  private var bytes: ArraySlice<UInt8>

  init(trimming text: ArraySlice<UInt8>) {
    bytes = text
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
  }

  var isAtEnd: Bool { bytes.isEmpty }
  var next: UInt8? { bytes.first }

  /// How many digits come next.
  var digits: Int { bytes.prefix(while: isDigit).count }

  mutating func take(_ byte: UInt8) -> Bool {
    guard bytes.first == byte else { return false }
    bytes.removeFirst()
    return true
  }

  mutating func take(anyOf characters: String) -> UInt8? {
    guard let first = bytes.first, characters.utf8.contains(first) else { return nil }
    bytes.removeFirst()
    return first
  }

  /// Skips blanks; returns whether there were any.
  mutating func takeBlanks() -> Bool {
    guard let first = bytes.first, isBlank(first) else { return false }
    bytes = bytes.drop(while: isBlank)
    return true
  }

  /// Reads a number; the count of its digits must be within `digits`.
  mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    let run = bytes.prefix(digits.upperBound).prefix(while: isDigit)
    guard run.count >= digits.lowerBound else { return nil }
    bytes = bytes[run.endIndex...]
    return run.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  /// Skips the digits of a fraction; returns whether one of them is not zero, nil if there are none.
  mutating func fraction() -> Bool? {
    let run = bytes.prefix(while: isDigit)
    guard !run.isEmpty else { return nil }
    bytes = bytes[run.endIndex...]
    return run.contains { $0 != 0x30 }
  }

  /// Reads the letters up to the next other character, in lower case.
  mutating func letters() -> String {
    let run = bytes.prefix { isLetter($0) }
    bytes = bytes[run.endIndex...]
    return String(decoding: run, as: UTF8.self).lowercased()
  }

  /// A whole number with a sign, and nothing after it but a fraction; whether that is more than zero.
  mutating func whole() -> (value: Int64, hasFraction: Bool)? {
    let sign = take(anyOf: "+-")
    let run = bytes.prefix(while: isDigit)
    guard let value = Int64((sign == 0x2D ? "-" : "") + String(decoding: run, as: UTF8.self)) else {
      return nil
    }
    bytes = bytes[run.endIndex...]
    var hasFraction = false
    if take(UInt8(ascii: ".")) {
      guard let fraction = fraction() else { return nil }
      hasFraction = fraction
    }
    return isAtEnd ? (value, hasFraction) : nil
  }

  /// Seconds east of UTC: `Z`, `UTC`, `GMT`, `+02`, `+0200`, `-05:30`.
  mutating func offset() -> Int? {
    guard let sign = take(anyOf: "+-") else {
      return ["z", "utc", "gmt", "ut"].contains(letters()) ? 0 : nil
    }
    guard let hour = number(2...2), hour < 24 else { return nil }
    let minute = take(UInt8(ascii: ":")) || digits >= 2 ? number(2...2) : 0
    guard let minute, minute < 60 else { return nil }
    return (hour * 3600 + minute * 60) * (sign == 0x2D ? -1 : 1)
  }

  /// Whether the afternoon follows: `AM`, `pm`, `a.m.`.
  mutating func afternoon() -> Bool? {
    guard let first = take(anyOf: "aApP") else { return nil }
    let dotted = take(UInt8(ascii: "."))
    guard take(anyOf: "mM") != nil, !dotted || take(UInt8(ascii: ".")) else { return nil }
    return first == UInt8(ascii: "p") || first == UInt8(ascii: "P")
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
private func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }
