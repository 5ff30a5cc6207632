// JSON text in one canonical form: no spaces, keys in the order of their bytes, shortest exact numbers.

extension JSONValue {
  /// The value as compact JSON text with sorted keys; numbers are the shortest that read back to the same
  /// value, NaN and infinities (which JSON lacks) are `null`.
  public var text: String {
    var out: [UInt8] = []
    append(to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  private func append(to out: inout [UInt8]) {
    switch self {
    case .null: out += "null".utf8
    case .bool(let value): out += (value ? "true" : "false").utf8
    case .integer(let value): out += String(value).utf8
    case .number(let value): out += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let value): out.append(quoted: value)
    case .array(let elements): out.append(elements, between: "[]") { $0.append(to: &$1) }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      out.append(sorted, between: "{}") { member, out in
        out.append(quoted: member.key)
        out.append(UInt8(ascii: ":"))
        member.value.append(to: &out)
      }
    }
  }
}

extension [UInt8] {
  /// The items between two brackets, with commas.
  fileprivate mutating func append<T>(
    _ items: [T], between brackets: String, _ appendItem: (T, inout [UInt8]) -> Void
  ) {
    append(contentsOf: brackets.utf8.prefix(1))
    for (index, item) in items.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      appendItem(item, &self)
    }
    append(contentsOf: brackets.utf8.suffix(1))
  }

  /// `text` in quotes, with escapes only where required.
  fileprivate mutating func append(quoted text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 { append(escaped: byte) }
    append(UInt8(ascii: "\""))
  }

  private mutating func append(escaped byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): self += #"\""#.utf8
    case UInt8(ascii: "\\"): self += #"\\"#.utf8
    case 0x0A: self += #"\n"#.utf8
    case 0x0D: self += #"\r"#.utf8
    case 0x09: self += #"\t"#.utf8
    case 0..<0x20: self += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
    default: append(byte)
    }
  }
}
