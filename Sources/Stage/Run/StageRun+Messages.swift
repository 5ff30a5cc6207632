// The reports of a run: parameters and metrics for the registry; notes, results and progress for the user.

import ByteStreams
import Failures
import JSON
import OperatingSystem
import SystemPackage

extension StageRun {
  /// Where results are printed.
  public enum ResultStream: Sendable {
    /// Standard error, for commands that write data to standard output.
    case error
    /// Standard output.
    case output
  }

  /// Records a parameter of the run in the registry.
  public func parameter(_ key: String, _ value: some CustomStringConvertible) {
    recording.note(parameter: key, value.description)
    for observer in observers { observer.parameter(key, value.description) }
  }

  /// Records a metric's value at a step (for example an epoch) in the registry.
  public func metric(_ name: String, step: Int, _ value: Double) {
    recording.note(metric: name, step: step, value)
    for observer in observers { observer.metric(name, step: step, value) }
  }

  /// Prints a line for the user on standard error, except with `--quiet`.
  public func note(_ text: String) {
    if !isQuiet { Terminal.printLine(printable(text)) }
  }

  /// Prints a warning on standard error, even with `--quiet`.
  public func warn(_ text: String) {
    if isLeader { Terminal.printLine("\(stage): warning: \(printable(text))") }
  }

  /// Prints lines and a question at the terminal, and waits for the answer.
  /// - Parameter remedy: what to do where nobody can be asked.
  /// - Returns: whether it is yes.
  /// - Throws: `Failure` (usage) if standard input is no terminal.
  public func asks(_ lines: [String], _ question: String, remedy: String) throws(Failure) -> Bool {
    guard FileDescriptor.standardInput.isTerminal else {
      throw Failure.usage("nobody can be asked: standard input is no terminal", remedy: remedy)
    }
    for line in lines { Terminal.printLine(printable(line)) }
    Terminal.printLine("\(question) [y/N]")
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }

  /// Prints a result: the JSON with `--json`, else the text, which may have several lines. Text for standard error is
  /// omitted with `--quiet`; JSON for standard error becomes the run's last line if the run succeeds.
  ///
  /// If a result can't be written, the run fails, except for text on standard error: that is a message, and what the run
  /// is for has been written elsewhere.
  /// - Parameter isColored: whether the text may contain colors and has been escaped; other text is escaped here.
  public func result(
    _ json: @autoclosure () -> JSONValue, _ text: @autoclosure () -> String, stream: ResultStream,
    isColored: Bool = false
  ) {
    guard isLeader, wantsJSON || !isQuiet || stream == .output else { return }
    let line = wantsJSON ? json().text : text()
    guard !line.isEmpty else { return }
    do {
      switch stream {
      case .error: if wantsJSON { lastLine = line } else { Terminal.printLine(printableLines(line)) }
      case .output: try writeOutput(line + "\n", isColored: isColored)
      }
    } catch {
      lostOutput = lostOutput ?? error
    }
  }

  /// A progress bar; `total` is nil if unknown. It is drawn only on a terminal, and not with `--quiet`.
  public func progress(_ label: String, total: Int?, unit: Progress.Unit = .items) -> Progress {
    Progress(
      label, total: total, unit: unit, enabled: !isQuiet && Terminal.redraws, board: recording.progress)
  }

  private func writeOutput(_ text: String, isColored: Bool) throws {
    try OutputFile.checkStandardOutput()
    var filter = TerminalFilter(keepsColors: isColored)
    let isTerminal = StandardStreams.outputIsTerminal
    do {
      try FileDescriptor.standardOutput.writeAll(isTerminal ? filter.escape(text.utf8) : Array(text.utf8))
    } catch let error as Errno {
      throw error == .brokenPipe
        ? ClosedPipe() : Failure(.io, "can't be written: \(error.text)", at: outputName(nil))
    }
  }
}
