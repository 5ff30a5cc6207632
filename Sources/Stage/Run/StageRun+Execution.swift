// The course of a run: from its entry in the registry to its outcome.

import Failures
import OperatingSystem
import SystemPackage

extension StageRun {
  /// Performs `command`, from the start of its registry entry to its end.
  /// - Returns: the process's exit code.
  static func execute(
    _ command: some StageCommand, stage: String, arguments: [String], cpuTarget: String = ""
  ) -> Int32 {
    let process = LaunchedProcess.current
    do {
      try refuse(process, of: command, stage)
      if try process == nil && skips(command, stage, arguments, cpuTarget) { return 0 }
    } catch {
      let outcome = Outcome(error)
      if let process, process.rank > 0 {
        letLeaderSpeak()
      } else if case .failed(let failure) = outcome {
        Terminal.printLine(errorLine(stage, failure))
      }
      return outcome.exitCode
    }
    let run = StageRun(
      stage: stage, arguments: arguments, options: command.options,
      isRecorded: type(of: command).isRecorded, cpuTarget: cpuTarget, process: process)
    return run.end(run.outcome { try command.perform(run) })
  }

  /// Whether there is nothing to do, which is then said.
  private static func skips(
    _ command: some StageCommand, _ stage: String, _ arguments: [String], _ cpuTarget: String
  ) throws -> Bool {
    let options = command.options
    guard options.skipsUnchanged, type(of: command).isRecorded else { return false }
    guard command.isRepeatable else {
      if options.skipUnchanged, !options.quiet {
        Terminal.printLine("\(stage): is run, since its result depends on more than files and options")
      }
      return false
    }
    guard let earlier = try UnchangedRun(of: stage, arguments, options, cpuTarget: cpuTarget) else {
      return false
    }
    earlier.report(stage, options)
    return true
  }

  private func outcome(of work: () throws -> Void) -> Outcome {
    do {
      try work()
      if let lostOutput { throw lostOutput }
      try closeOutput()
      return stopsEarly ? .interrupted(code: interruption.exitCode) : .done
    } catch {
      return Outcome(error)
    }
  }

  private func closeOutput() throws {
    do throws(Errno) {
      try StandardStreams.closeOutput()
    } catch {
      if error == .badFileDescriptor { return }
      throw Failure(.io, "can't be written: \(error.text)", at: outputName(nil))
    }
  }

  private func end(_ outcome: Outcome) -> Int32 {
    shutdown.begin(outcome)
    TemporaryOutputs.shared.close()
    if case .failed(let failure) = outcome, !isFailureTold {
      Terminal.printLine(errorLine(stage, failure))
    }
    defer { leavePeers(outcome) }
    OutOfMemory.prepare(after: outcome)
    for input in inputs { recording.note(input: input.record, at: input.position) }
    recording.prepareLastWords(outcome)
    for warning in shutdown.end(outcome) { warn(warning) }
    if case .done = outcome { warnOfLoneShards() }
    endObservers(outcome)
    if case .failed = outcome { return outcome.exitCode }
    do throws(Failure) { try printLastLine() } catch { return fail(error) }
    return outcome.exitCode
  }

  /// The end of a run whose entry is written, but whose result could not be printed.
  private func fail(_ failure: Failure) -> Int32 {
    SignalWatch.settle(failure.kind.rawValue)
    Terminal.printLine(errorLine(stage, failure))
    for warning in recording.correct(failure) { warn(warning) }
    return failure.kind.rawValue
  }

  private func printLastLine() throws(Failure) {
    guard let lastLine else { return }
    do throws(Errno) { try Terminal.writeLine(Terminal.escaped(lastLine)) } catch {
      // Standard error is closed: nobody wants the result.
      if error == .badFileDescriptor { return }
      throw Failure(.io, "the result can't be written: \(error.text)", at: "standard error")
    }
  }
}
