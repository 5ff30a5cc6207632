// Parsing the Python literals in npy headers.

import Failures

/// The kinds of Python literals in npy headers.
struct PythonLiteral {
  enum Value { case text(String), flag(Bool), numbers([Int]), other }

  private var bytes: ArraySlice<UInt8>
  private let name: String

  init(_ bytes: [UInt8], named name: String) {
    self.bytes = bytes[...]
    self.name = name
  }

  /// `{'key': value, ...}` to the end of the header.
  mutating func dictionary() throws -> [String: Value] {
    var fields: [String: Value] = [:]
    try expect("{")
    while try !take("}") {
      let key = try string()
      try expect(":")
      let value = try value()
      guard fields.updateValue(value, forKey: key) == nil else { throw damaged }
      if try !take(",") {
        try expect("}")
        break
      }
    }
    skipBlanks()
    guard bytes.isEmpty else { throw damaged }
    return fields
  }

  private var damaged: Failure { .data("the npy header can't be read", at: name) }

  private mutating func value() throws -> Value {
    skipBlanks()
    switch bytes.first {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "("): return .numbers(try tuple())
    case UInt8(ascii: "["):
      try skipList()
      return .other
    default:
      let word = String(
        decoding: bytes.prefix { (65...90).contains($0) || (97...122).contains($0) }, as: UTF8.self)
      guard word == "True" || word == "False" else { throw damaged }
      bytes.removeFirst(word.utf8.count)
      return .flag(word == "True")
    }
  }

  private mutating func string() throws -> String {
    skipBlanks()
    guard let quote = bytes.popFirst(), quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = bytes.firstIndex(of: quote)
    else { throw damaged }
    let text = String(decoding: bytes[bytes.startIndex..<end], as: UTF8.self)
    bytes = bytes[(end + 1)...]
    return text
  }

  private mutating func tuple() throws -> [Int] {
    try expect("(")
    var numbers: [Int] = []
    while try !take(")") {
      skipBlanks()
      let digits = bytes.prefix { (48...57).contains($0) }
      // Python 2 wrote long numbers with an L suffix.
      guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 32,
        digits.count == 1 || digits.first != UInt8(ascii: "0")
      else { throw damaged }
      bytes.removeFirst(digits.count)
      if bytes.first == UInt8(ascii: "L") { bytes.removeFirst() }
      numbers.append(number)
      if try !take(",") {
        // In Python, (2) is a number.
        guard numbers.count > 1 else { throw damaged }
        try expect(")")
        break
      }
    }
    return numbers
  }

  private mutating func skipList() throws {
    var depth = 0
    repeat {
      guard let byte = bytes.popFirst() else { throw damaged }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]") { depth -= 1 }
    } while depth > 0
  }

  private mutating func take(_ sign: Character) throws -> Bool {
    skipBlanks()
    guard let byte = bytes.first else { throw damaged }
    guard byte == sign.asciiValue else { return false }
    bytes.removeFirst()
    return true
  }

  private mutating func expect(_ sign: Character) throws {
    guard try take(sign) else { throw damaged }
  }

  private mutating func skipBlanks() {
    bytes = bytes.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 || $0 == 0x0D }
  }
}
