// The progress bar: drawn at a terminal only, by one stage of a pipe at a time, and gone when done.

import Glibc

/// How far a piece of work has come. Draws a bar with rate and time left, at most ten times a second, where
/// standard error is a terminal; does nothing anywhere else.
public final class Progress {
  /// What the amounts count.
  public enum Unit: Sendable {
    /// Rows, batches, files: plain numbers.
    case items
    /// Bytes, shown in kB, MB, ....
    case bytes
  }

  private let label: String
  private let total: Int?
  private let unit: Unit
  private let started: Double
  private var terminal: TerminalTurn?
  private var first = 0
  private var amount = 0
  private var text = ""
  private var lastDrawn = -Double.infinity
  private var isDrawn = false

  init(_ label: String, total: Int?, unit: Unit, enabled: Bool) {
    self.label = label
    self.total = total
    self.unit = unit
    started = monotonicSeconds()
    terminal = enabled ? TerminalTurn() : nil
  }

  deinit { finish() }

  /// Says that `amount` of the total is done.
  public func advance(to amount: Int) {
    self.amount = amount
    drawIfDue()
  }

  /// Words to stand behind the bar, such as the current loss.
  public func message(_ text: String) {
    self.text = text
    drawIfDue()
  }

  /// Says that `amount` was done before this run, so that rate and time left are told from what it adds.
  public func begin(at amount: Int) {
    first = amount
    self.amount = amount
  }

  /// Takes the bar off the screen until the next drawing, to make room for a line of output.
  public func clear() {
    if isDrawn { write("\r\u{1B}[K") }
    isDrawn = false
    lastDrawn = -Double.infinity
  }

  /// Removes the bar. The next line of output takes its place.
  public func finish() {
    if isDrawn { write("\r\u{1B}[K") }
    isDrawn = false
    terminal = nil
  }

  private func drawIfDue() {
    guard let terminal else { return }
    let now = monotonicSeconds()
    guard now - lastDrawn >= 0.1, terminal.take() else { return }
    lastDrawn = now
    isDrawn = true
    let line = ProgressLine(
      label: label, amount: amount, total: total, unit: unit, seconds: now - started, text: text,
      first: first)
    write("\r\(line.text(width: Terminal.width - 1))\u{1B}[K")
  }

  private func write(_ text: String) {
    // A bar that can't be drawn is no reason to stop the work it speaks of.
    try? Descriptor.write(Array(text.utf8), to: 2)
  }
}

/// One drawing of a progress bar.
package struct ProgressLine {
  var label: String
  var amount: Int
  var total: Int?
  var unit: Progress.Unit
  /// Seconds since the work began.
  var seconds: Double
  var text: String
  /// What was done before.
  var first: Int

  package init(
    label: String, amount: Int, total: Int?, unit: Progress.Unit, seconds: Double, text: String = "",
    first: Int = 0
  ) {
    (self.label, self.amount, self.total) = (label, amount, total)
    (self.unit, self.seconds, self.text, self.first) = (unit, seconds, text, first)
  }

  /// The line, cut to at most `width` columns; parts that find no room are left out, the bar first.
  package func text(width: Int) -> String {
    let facts = [share, rate, remaining, text].filter { !$0.isEmpty }
    var line = label
    let room = width - label.count - facts.reduce(0) { $0 + $1.count + 2 } - 4
    if let fraction, room >= 8 { line += "  " + bar(fraction, cells: min(room, 30)) }
    for fact in facts where line.count + 2 + fact.count <= width { line += "  " + fact }
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

/// The right to draw at the terminal. The stages of a pipe share one; whoever draws first keeps it until its
/// work is done, by an advisory lock that the system releases whatever happens.
final class TerminalTurn {
  private let descriptor: Int32
  private var isHeld = false

  /// nil where the terminal can't be opened again; then nothing is drawn.
  init?() {
    guard let opened = try? Descriptor.open("/proc/self/fd/2", O_WRONLY | O_NOCTTY) else { return nil }
    descriptor = opened
  }

  deinit { _ = Glibc.close(descriptor) }

  /// Whether this process may draw now.
  func take() -> Bool {
    if !isHeld { isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
    return isHeld
  }
}

/// Seconds on a clock that is never set.
public func monotonicSeconds() -> Double { Double(monotonicNanoseconds()) / 1e9 }

/// Nanoseconds on a clock that is never set; safe in a signal's handler.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
