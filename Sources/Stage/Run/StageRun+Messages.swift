// What a run reports: parameters and metrics to the registry, notes, results and progress to the user.

import ByteStreams
import Failures
import JSON
import OperatingSystem
import SystemPackage

extension StageRun {
  /// Where results go.
  public enum ResultStream: Sendable {
    /// Standard error: for commands whose standard output carries data.
    case error
    /// Standard output.
    case output
  }

  /// Records a parameter of the run in the registry.
  public func parameter(_ key: String, _ value: some CustomStringConvertible) {
    recording.note(parameter: key, value.description)
  }

  /// Records a metric's value at a step (an epoch, say) in the registry.
  public func metric(_ name: String, step: Int, _ value: Double) {
    recording.note(metric: name, step: step, value)
  }

  /// One line for the user on standard error; nothing with `--quiet`.
  public func note(_ text: String) {
    if !isQuiet { Terminal.printLine(printable(text)) }
  }

  /// One line of warning on standard error, `--quiet` or not.
  public func warn(_ text: String) { Terminal.printLine("\(stage): warning: \(printable(text))") }

  /// A result: the JSON where `--json` asks for it, else the text, which may have several lines. Text for standard
  /// error is omitted with `--quiet`; JSON for it becomes the run's last line, if the run succeeds. A result that can't
  /// be written fails the run.
  public func result(_ json: JSONValue, _ text: @autoclosure () -> String, stream: ResultStream) {
    if !wantsJSON, isQuiet, stream == .error { return }
    let line = wantsJSON ? json.text : text()
    guard !line.isEmpty else { return }
    do {
      switch stream {
      case .error: if wantsJSON { lastLine = line } else { try Terminal.writeLine(line) }
      case .output: try writeOutput(line + "\n")
      }
    } catch {
      lostOutput = lostOutput ?? error
    }
  }

  /// A progress bar; `total` is nil where it isn't known. Draws only at a terminal, and not with `--quiet`.
  public func progress(_ label: String, total: Int?, unit: Progress.Unit = .items) -> Progress {
    Progress(label, total: total, unit: unit, enabled: !isQuiet && Terminal.redraws)
  }

  private func writeOutput(_ text: String) throws {
    try OutputFile.checkStandardOutput()
    do {
      try FileDescriptor.standardOutput.writeAll(text.utf8)
    } catch let error as Errno {
      throw error == .brokenPipe
        ? ClosedPipe() : Failure(.io, "can't be written: \(error.text)", at: outputName(nil))
    }
  }
}
