// The header of NumPy's npy format, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import Failures
import Tensor

/// What a npy file says of its array.
struct NpyHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let type: NpyType
  /// Whether the first dimension varies fastest.
  let isFortranOrder: Bool
  let shape: [Int]

  init(type: NpyType, isFortranOrder: Bool = false, shape: [Int]) {
    (self.type, self.isFortranOrder, self.shape) = (type, isFortranOrder, shape)
  }

  /// Rows; a lone number is one row.
  var rows: Int { shape.first ?? 1 }
  var rowShape: [Int] { Array(shape.dropFirst()) }
  /// Elements of one row.
  var rowWidth: Int { rowShape.reduce(1, *) }

  /// More bytes than this in one row are no row of ours.
  private static let longestRow = 256 << 20

  /// Reads the header.
  init(_ reader: inout ExactReader, named name: String) throws {
    let start = try reader.bytes(8)
    guard Array(start[..<6]) == NpyHeader.magic else {
      throw Failure.data("this is not a npy file", at: name)
    }
    guard (1...3).contains(start[6]) else {
      throw Failure.data("this npy file is of version \(start[6]), known are 1 to 3", at: name)
    }
    let length = wholeNumbers(
      try reader.bytes(start[6] == 1 ? 2 : 4), size: start[6] == 1 ? 2 : 4, isBigEndian: false)[0]
    guard length <= 1 << 20 else { throw Failure.data("the npy header is longer than 1 MiB", at: name) }
    var literal = PythonLiteral(try reader.bytes(Int(length)), named: name)
    let fields = try literal.dictionary()
    guard case .text(let descr)? = fields["descr"], case .flag(let order)? = fields["fortran_order"],
      case .numbers(let shape)? = fields["shape"]
    else {
      if case .other? = fields["descr"] {
        throw Failure.data(
          "the array has named fields, which can't be converted", at: name, remedy: "save one array each")
      }
      throw Failure.data("the npy header can't be read", at: name)
    }
    self.init(type: try NpyType(parsing: descr, at: name), isFortranOrder: order, shape: shape)
    try check(name)
  }

  private func check(_ name: String) throws(Failure) {
    var total = type.size
    for extent in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: max(1, extent))
      guard !overflow else { throw .data("the shape \(shape) is beyond any memory", at: name) }
      total = product
    }
    guard rowWidth > 0 || rows == 0 else { throw .data("the rows of shape \(shape) hold nothing", at: name) }
    guard rowWidth * type.size <= NpyHeader.longestRow else {
      throw .data("one row of shape \(rowShape) is larger than 256 MiB", at: name)
    }
  }

  /// The header's bytes, padded so that the array begins on a multiple of 64.
  var encoded: [UInt8] {
    let list = shape.map(String.init).joined(separator: ", ")
    let tuple = shape.count == 1 ? "(\(list),)" : "(\(list))"
    let order = isFortranOrder ? "True" : "False"
    let text = "{'descr': '\(type.text)', 'fortran_order': \(order), 'shape': \(tuple), }"
    // Version 1 counts the header's length in two bytes, later ones in four.
    let isShort = text.utf8.count + 11 + 64 <= 0xFFFF
    let fixed = isShort ? 10 : 12
    let padding = (64 - (fixed + text.utf8.count + 1) % 64) % 64
    let length = text.utf8.count + padding + 1
    let size = (0..<(isShort ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let spaces = [UInt8](repeating: 0x20, count: padding)
    return NpyHeader.magic + [isShort ? 1 : 2, 0] + size + Array(text.utf8) + spaces + [0x0A]
  }
}

/// The few forms of Python's literals that npy headers consist of.
private struct PythonLiteral {
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
      // Python 2 wrote long numbers with an L behind them.
      guard let number = Int(String(decoding: digits, as: UTF8.self)), numbers.count < 32 else {
        throw damaged
      }
      bytes.removeFirst(digits.count)
      if bytes.first == UInt8(ascii: "L") { bytes.removeFirst() }
      numbers.append(number)
      if try !take(",") {
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
