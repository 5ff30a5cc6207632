// The data of a chart as CSV.

import Calendar
import Charts
import Sequences

extension ChartTable {
  /// Calls `body` with every line, the header first. Numbers have the fewest digits that read back to the same value; a
  /// missing one is empty, and times are ISO 8601.
  func forEachLine(_ body: (String) throws -> Void) rethrows {
    try body(names.joined(separator: ",") + "\n")
    for line in lines { try body(line.map(\.csv).joined(separator: ",") + "\n") }
  }
}

extension ChartTable.Cell {
  fileprivate var csv: String {
    switch self {
    case .none: ""
    case .text(let text): csvField(text)
    case .number(let value):
      value.isNaN
        ? "" : value.magnitude < 1e15 ? Int(exactly: value).map(String.init) ?? "\(value)" : "\(value)"
    case .time(let seconds): Int64(exactly: seconds.rounded()).map(timeText) ?? ""
    }
  }
}
