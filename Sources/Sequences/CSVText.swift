// Series and texts as lines of CSV.

import Calendar
import TensorFile

/// `text` as a CSV field (RFC 4180): quoted where it holds a comma, a quote or a line break.
public func csvField(_ text: String) -> String {
  guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
  return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
}

extension SeriesRows {
  /// The rows as CSV lines: the time, where there are any, and the values, each in the fewest digits that
  /// give the same number again.
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

extension SeriesFacts {
  /// The header line of the series as CSV.
  public var csvHeader: String {
    ((time.map { [$0.column] } ?? []) + columns).map(csvField).joined(separator: ",") + "\n"
  }
}
