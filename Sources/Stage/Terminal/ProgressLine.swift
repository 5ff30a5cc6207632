// The contents of a progress bar, fitted to the terminal.

/// One drawing of a progress bar.
package struct ProgressLine {
  var label: String
  var amount: Int
  var total: Int?
  var unit: Progress.Unit
  /// Seconds since the work began.
  var seconds: Double
  var text: String
  /// The amount done before.
  var first: Int

  package init(
    label: String, amount: Int, total: Int?, unit: Progress.Unit, seconds: Double, text: String = "",
    first: Int = 0
  ) {
    (self.label, self.amount, self.total) = (label, amount, total)
    (self.unit, self.seconds, self.text, self.first) = (unit, seconds, text, first)
  }

  /// The line, truncated to at most `width` columns; parts that don't fit are left out, beginning with the bar.
  package func text(width: Int) -> String {
    let parts = [share, rate, remaining, text].filter { !$0.isEmpty }
    var line = label
    let room = width - label.count - parts.reduce(0) { $0 + $1.count + 2 } - 4
    if let fraction, room >= 8 { line += "  " + bar(fraction, cells: min(room, 30)) }
    for part in parts where line.count + 2 + part.count <= width { line += "  " + part }
    return String(line.prefix(max(0, width)))
  }

  private var fraction: Double? {
    guard let total, total > 0 else { return nil }
    return min(1, max(0, Double(amount) / Double(total)))
  }

  private func bar(_ fraction: Double, cells: Int) -> String {
    let done = Int(fraction * Double(cells))
    return "[" + String(repeating: "=", count: done) + String(repeating: " ", count: cells - done) + "]"
  }

  private var share: String {
    guard let fraction, let total else { return counted(Double(amount)) }
    return unit == .bytes
      ? "\(Int(fraction * 100))% of \(counted(Double(total)))" : "\(counted(Double(amount)))/\(total)"
  }

  private var rate: String {
    seconds > 0.5 && amount > first ? "\(counted(Double(amount - first) / seconds))/s" : ""
  }

  private var remaining: String {
    guard let total, amount > first, amount <= total, seconds > 0.5 else { return "" }
    let perItem = seconds / Double(amount - first)
    return "\(NumberText.duration(seconds: Double(total - amount) * perItem)) left"
  }

  private func counted(_ value: Double) -> String {
    switch unit {
    case .bytes: NumberText.bytes(value)
    case .items: NumberText.fixed(value, value < 100 && value != value.rounded() ? 1 : 0)
    }
  }
}
