// Text in a gnuplot script. Whatever a title or the name of a column contains, it is one string: no quote ends it, no
// backquote runs a command, and no percent sign is a format.

/// Text as gnuplot reads it.
enum GnuplotText {
  /// `text` as a string. Every ASCII character that could have a meaning is written as its octal number, which gnuplot
  /// replaces after it has divided the script into strings; gnuplot fails on some quoted single quotes. Line breaks and
  /// other control characters become spaces.
  static func quoted(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "\"") { $0 += escaped($1) } + "\""
  }

  /// `label` as the string of a tick, in which gnuplot looks for formats of numbers.
  static func tick(_ label: String) -> String {
    quoted(label.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%"))
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    if isControl(scalar) { return " " }
    let isPlain = !scalar.isASCII || scalar.properties.isAlphabetic || plain.contains(scalar)
    if isPlain { return String(Character(scalar)) }
    let digits = String(scalar.value, radix: 8)
    return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
  }

  private static let plain = Set("0123456789 .,:;+-=()/_".unicodeScalars)

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
