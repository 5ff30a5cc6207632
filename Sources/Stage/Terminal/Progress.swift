// The progress bar: drawn only on a terminal, by one stage of a pipe at a time, and removed when done. What it says is
// published for others in any case.

import OperatingSystem
import Registry
import SystemPackage

/// The progress of a piece of work. Draws a bar with the rate and the remaining time, at most ten times per second,
/// if standard error is a terminal.
public final class Progress {
  /// The unit of the amounts.
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
  private let board: ProgressBoard?
  private var lastReported = -Double.infinity
  private var first = 0
  private var amount = 0
  private var text = ""
  private var lastDrawn = -Double.infinity
  private var isDrawn = false

  init(_ label: String, total: Int?, unit: Unit, enabled: Bool, board: ProgressBoard? = nil) {
    self.label = printable(label)
    self.total = total
    self.unit = unit
    started = monotonicSeconds()
    terminal = enabled ? TerminalTurn() : nil
    self.board = board
  }

  deinit { finish() }

  /// Reports that `amount` of the total is done.
  public func advance(to amount: Int) {
    self.amount = amount
    reportIfDue()
    drawIfDue()
  }

  /// Sets the text after the bar, such as the current loss.
  public func message(_ text: String) {
    self.text = text
    drawIfDue()
  }

  /// Reports that `amount` was done before this run, so that it is excluded from the rate and the remaining time.
  public func begin(at amount: Int) {
    first = amount
    self.amount = amount
  }

  /// Clears the bar until it is drawn again, to make room for a line of output.
  public func clear() {
    if isDrawn { write("\r\u{1B}[K") }
    isDrawn = false
    lastDrawn = -Double.infinity
  }

  /// Removes the bar. The next line of output replaces it.
  public func finish() {
    if isDrawn { write("\r\u{1B}[K") }
    isDrawn = false
    terminal = nil
    if lastReported.isFinite { report(at: .infinity) }
  }

  /// Reports for others, at most a few times a second: looking at the clock costs less than reporting each step.
  private func reportIfDue() {
    guard board != nil else { return }
    let now = monotonicSeconds()
    if now - lastReported >= 0.2 { report(at: now) }
  }

  /// - Parameter time: that of this report; infinite for the last one.
  private func report(at time: Double) {
    lastReported = time
    let progress = RunProgress(
      label, amount: amount, total: total, isBytes: unit == .bytes, first: first, text: text)
    board?.report(progress, started: started)
  }

  private func drawIfDue() {
    guard let terminal else { return }
    let now = monotonicSeconds()
    guard now - lastDrawn >= 0.1, terminal.acquire() else { return }
    lastDrawn = now
    isDrawn = true
    let line = ProgressLine(
      label: label, amount: amount, total: total, unit: unit, seconds: now - started, text: text,
      first: first)
    write("\r\(line.text(width: Terminal.width - 1))\u{1B}[K")
  }

  private func write(_ text: String) {
    // A bar that can't be drawn must not stop the work.
    _ = try? FileDescriptor.standardError.writeAll(text.utf8)
  }
}
