// Series and text as lines of CSV.

import Calendar
import TensorFile

/// `text` as a CSV field (RFC 4180): quoted if it contains a comma, a quote or a line break.
public func csvField(_ text: String) -> String {
  guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

extension SeriesRows {
  /// The rows as CSV lines: the time, if there is one, and the values, each with the fewest digits that parse
  /// to the same number.
  public var csv: String {
    var text = ""
    for row in 0..<rows {
      var fields = values[row * width..<(row + 1) * width].map { "\($0)" }
      if let times { fields.insert(timeText(times[row]), at: 0) }
      text += fields.joined(separator: ",") + "\n"
    }
    return text
  }
}

extension SeriesSchema {
  /// The header line of the series as CSV.
  public var csvHeader: String {
    ((time.map { [$0.column] } ?? []) + columns).map(csvField).joined(separator: ",") + "\n"
  }
}
