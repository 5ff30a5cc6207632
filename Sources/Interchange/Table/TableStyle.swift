// CSV and TSV.

/// How a table separates and protects its fields.
public enum TableStyle: Sendable {
  /// Commas; quotes if a field needs them (RFC 4180).
  case csv
  /// Tabs; tab, line break and backslash as `\t`, `\n`, `\r`, `\\`.
  case tsv

  /// The byte between fields.
  var separator: Character { self == .csv ? "," : "\t" }

  /// A field in the format of the table.
  func field(_ text: String) -> String {
    switch self {
    case .csv:
      // A single empty field would result in an empty line.
      guard
        text.isEmpty || text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) })
          || text.utf8.first == 0x20 || text.utf8.last == 0x20
      else { return text }
      return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
    case .tsv:
      guard text.utf8.contains(where: { [0x09, 0x0A, 0x0D, 0x5C].contains($0) }) else { return text }
      return text.unicodeScalars.map(TableStyle.escape).joined()
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\t": "\\t"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\\": "\\\\"
    default: String(scalar)
    }
  }
}
