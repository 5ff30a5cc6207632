// A strict JSON parser (RFC 8259), which rejects everything that other parsers might interpret differently.

import Failures

extension JSONValue {
  /// The maximum number of values in a text, unless the caller knows better: memory is needed for each, so that a text
  /// of many small ones would take many times its size.
  public static let mostValues = 1 << 20

  /// Parses one JSON text.
  /// - Throws: `Failure.data` if it is not JSON, has a duplicate key, is nested deeper than 64 levels, has more than
  ///   `mostValues` values, or is followed by more text.
  public init(parsing text: String) throws(Failure) { try self.init(parsing: Array(text.utf8)) }

  /// Parses one JSON text in UTF-8.
  /// - Parameter mostValues: the maximum number of values, keys included.
  /// - Throws: `Failure.data` as above, and if the bytes are not UTF-8.
  public init(parsing bytes: [UInt8], mostValues: Int = mostValues) throws(Failure) {
    try self.init(parsing: bytes[...], mostValues: mostValues)
  }

  /// Parses one JSON text in UTF-8.
  /// - Parameter mostValues: the maximum number of values, keys included.
  /// - Throws: `Failure.data` as above, and if the bytes are not UTF-8.
  public init(parsing bytes: ArraySlice<UInt8>, mostValues: Int = mostValues) throws(Failure) {
    var parser = JSONParser(bytes, mostValues: mostValues)
    self = try parser.document()
  }
}

private struct JSONParser {
  private let bytes: ArraySlice<UInt8>
  private var position: Int
  private var depth = 0
  private let mostValues: Int
  private var values = 0
  private static let deepest = 64

  init(_ bytes: ArraySlice<UInt8>, mostValues: Int) {
    self.bytes = bytes
    self.mostValues = mostValues
    position = bytes.startIndex
  }

  mutating func document() throws(Failure) -> JSONValue {
    // Reading as many values as are allowed takes longer than to see that there are more.
    if bytes.count > 4 * mostValues, leastValues > mostValues { throw tooMany }
    let value = try value()
    skipSpace()
    guard position == bytes.endIndex else { throw broken("text after its end") }
    return value
  }

  private func broken(_ problem: String) -> Failure {
    .data("not valid JSON: \(problem) at byte \(position - bytes.startIndex)")
  }

  private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  /// Consumes `byte` if it is next.
  private mutating func take(_ byte: Unicode.Scalar) -> Bool {
    guard current == UInt8(ascii: byte) else { return false }
    position += 1
    return true
  }

  /// Counts a value or a key.
  private mutating func countValue() throws(Failure) {
    values += 1
    guard values <= mostValues else { throw tooMany }
  }

  private var tooMany: Failure { .data("the JSON has more than \(mostValues) values") }

  /// How many values and keys the text has at least: one for each comma and each colon outside of strings.
  private var leastValues: Int {
    var (count, isString, isEscaped) = (0, false, false)
    let text = bytes.span
    for index in text.indices {
      let byte = text[index]
      if isString {
        isString = byte != UInt8(ascii: "\"") || isEscaped
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      } else if byte == UInt8(ascii: "\"") {
        isString = true
      } else if byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
        count += 1
      }
    }
    return count
  }

  private mutating func value() throws(Failure) -> JSONValue {
    try countValue()
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { (parser) throws(Failure) in try parser.object() }
    case UInt8(ascii: "["): return try nested { (parser) throws(Failure) in try parser.array() }
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case .some: return try number()
    case nil: throw broken("it ends early")
    }
  }

  private mutating func word(_ text: String, _ value: JSONValue) throws(Failure) -> JSONValue {
    guard bytes[position...].starts(with: text.utf8) else { throw broken("an unknown word") }
    position += text.utf8.count
    return value
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(Failure) -> JSONValue
  ) throws(Failure) -> JSONValue {
    guard depth < JSONParser.deepest else { throw broken("more than \(JSONParser.deepest) levels") }
    position += 1
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  private mutating func object() throws(Failure) -> JSONValue {
    var members: [String: JSONValue] = [:]
    skipSpace()
    if take("}") { return .object(members) }
    repeat {
      try countValue()
      skipSpace()
      let key = try string()
      skipSpace()
      guard take(":") else { throw broken("no colon after a key") }
      guard members.updateValue(try value(), forKey: key) == nil else { throw broken("a key given twice") }
      skipSpace()
    } while take(",")
    guard take("}") else { throw broken("an object without its end") }
    return .object(members)
  }

  private mutating func array() throws(Failure) -> JSONValue {
    var elements: [JSONValue] = []
    skipSpace()
    if take("]") { return .array(elements) }
    repeat {
      elements.append(try value())
      skipSpace()
    } while take(",")
    guard take("]") else { throw broken("an array without its end") }
    return .array(elements)
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(Failure) -> String {
    guard take("\"") else { throw broken("no string where one belongs") }
    let start = position
    try skipPlain()
    guard current == UInt8(ascii: "\\") else { return try text(bytes[start..<position]) }
    var unescaped = Array(bytes[start..<position])
    while take("\\") {
      unescaped.append(contentsOf: String(try escaped()).utf8)
      let start = position
      try skipPlain()
      unescaped += bytes[start..<position]
    }
    return try text(unescaped[...])
  }

  /// Skips to the next escape or quotation mark.
  private mutating func skipPlain() throws(Failure) {
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      guard byte >= 0x20 else { throw broken("a control character in a string") }
      position += 1
    }
  }

  /// The text of a string of these bytes, after its closing quotation mark.
  private mutating func text(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    guard take("\"") else { throw broken("a string without its end") }
    guard let string = String(validating: bytes, as: UTF8.self) else { throw broken("a string not in UTF-8") }
    return string
  }

  private mutating func escaped() throws(Failure) -> Unicode.Scalar {
    let letter = current
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint()
    default: throw broken("an unknown escape")
    }
  }

  /// `\uXXXX`, or two of them if they are a surrogate pair.
  private mutating func codePoint() throws(Failure) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else { throw broken("half a surrogate pair") }
    let second = try codeUnit()
    guard (0xDC00...0xDFFF).contains(second) else { throw broken("half a surrogate pair") }
    let value = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw broken("half a surrogate pair") }
    return scalar
  }

  private mutating func codeUnit() throws(Failure) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw broken("an escape without four hexadecimal digits")
      }
      unit = unit << 4 | UInt16(digit)
      position += 1
    }
    return unit
  }
}

// MARK: - Numbers

extension JSONParser {
  private mutating func number() throws(Failure) -> JSONValue {
    let start = position
    let isNegative = take("-")
    let leadingZero = current == UInt8(ascii: "0")
    let digits = skipDigits()
    guard digits > 0, !(leadingZero && digits > 1) else { throw broken("an unknown value") }
    let isWhole = try !skipFraction()
    if let value = DecimalNumber(bytes[start..<position]) {
      if isWhole, !(isNegative && leadingZero) { return .integer(value.whole) }
      if let value = value.double { return .number(value) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, !(isNegative && leadingZero), let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw broken("a number out of range") }
    return .number(value)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  /// Skips a fraction and an exponent; false if there is neither.
  private mutating func skipFraction() throws(Failure) -> Bool {
    let start = position
    if take("."), skipDigits() == 0 { throw broken("a fraction without digits") }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      if skipDigits() == 0 { throw broken("an exponent without digits") }
    }
    return position > start
  }
}
