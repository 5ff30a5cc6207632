// What is written to a terminal as text: control characters from outside become visible escapes, whoever writes them.
// Pipes and files get the bytes unchanged.

/// Escapes control characters in UTF-8, except line feeds and tabs, block by block.
package struct TerminalFilter {
  /// Whether colors (SGR sequences) are let through; their writer has escaped the texts between them.
  package let keepsColors: Bool
  /// The bytes at the end of a block that may begin a control character or a color.
  private var held: [UInt8] = []

  /// - Parameter keepsColors: whether SGR sequences are let through.
  package init(keepsColors: Bool) { self.keepsColors = keepsColors }

  /// The next block, escaped.
  package mutating func escape(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    for byte in bytes { take(byte, &result) }
    return result
  }

  /// What remains at the end.
  package mutating func finish() -> [UInt8] {
    defer { held = [] }
    return held.first == Self.escapeByte ? Self.escapeText(0x1B) + held.dropFirst() : held
  }

  private mutating func take(_ byte: UInt8, _ result: inout [UInt8]) {
    switch held.first {
    case Self.latinLead: takeTrailing(byte, &result)
    case Self.escapeByte: takeColor(byte, &result)
    default: takeFirst(byte, &result)
    }
  }

  private mutating func takeFirst(_ byte: UInt8, _ result: inout [UInt8]) {
    switch byte {
    case Self.latinLead: held = [byte]
    case Self.escapeByte where keepsColors: held = [byte]
    case 0x09, 0x0A: result.append(byte)
    case ..<0x20, 0x7F: result += Self.escapeText(byte)
    default: result.append(byte)
    }
  }

  /// The second byte of U+0080 to U+00BF, of which the lower half are control characters.
  private mutating func takeTrailing(_ byte: UInt8, _ result: inout [UInt8]) {
    held = []
    guard (0x80..<0xA0).contains(byte) else {
      result.append(Self.latinLead)
      return (0xA0...0xBF).contains(byte) ? result.append(byte) : take(byte, &result)
    }
    result += Self.escapeText(byte)
  }

  /// A byte after ESC: `[`, digits and semicolons, and the final `m`.
  private mutating func takeColor(_ byte: UInt8, _ result: inout [UInt8]) {
    let belongs =
      held.count == 1 ? byte == UInt8(ascii: "[") : (0x30...0x39).contains(byte) || byte == UInt8(ascii: ";")
    if belongs, held.count < 32 { return held.append(byte) }
    if held.count > 1, byte == UInt8(ascii: "m") {
      result += held + [byte]
      return held = []
    }
    result += finish()
    take(byte, &result)
  }

  private static let escapeByte: UInt8 = 0x1B
  /// The first byte of U+0080 to U+00BF.
  private static let latinLead: UInt8 = 0xC2

  private static func escapeText(_ byte: UInt8) -> [UInt8] { Array(printable(Unicode.Scalar(byte)).utf8) }
}
