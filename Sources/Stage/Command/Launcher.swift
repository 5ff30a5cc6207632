// From the command line to the exit code: finding the command, parsing, help, and errors in one line.

import ArgumentParser
import CLinux
import Failures
import Glibc
import OperatingSystem
import Spelling
import SystemPackage

/// The program of all commands, run as `rnn-pad ...` or as `rnnpipe pad ...`.
public struct Launcher {
  private let commands: [any ParsableCommand.Type]
  private let cpuTarget: String

  /// - Parameters:
  ///   - commands: all commands, in the order in which help lists them.
  ///   - cpuTarget: the processor for which the program was built, recorded with every run.
  public init(_ commands: [any ParsableCommand.Type], cpuTarget: String) {
    self.commands = commands
    self.cpuTarget = cpuTarget
  }

  /// Runs the command given by `arguments` (beginning with the program's name), and ends the process.
  public func main(_ arguments: [String] = CommandLine.arguments) -> Never {
    StandardStreams.reserveDescriptors()
    signal(SIGPIPE, SIG_IGN)
    HeapMemory.prepare()
    let code = launch(arguments)
    fflush(nil)
    end_process(code)
  }

  private func launch(_ arguments: [String]) -> Int32 {
    // Swift reads them from /proc; without them, every command would print the help and succeed.
    guard !arguments.isEmpty else {
      return fail(
        Failure(
          .unavailable, "the command line can't be read", at: "/proc/self/cmdline", remedy: "mount /proc"),
        in: programName)
    }
    let name = lastComponent(of: arguments.first ?? programName)
    let rest = Array(arguments.dropFirst())
    if let command = command(named: name) { return run(command, rest) }
    guard let first = rest.first else { return printed(overview) }
    return launchProgram(first, Array(rest.dropFirst()))
  }

  private func launchProgram(_ word: String, _ rest: [String]) -> Int32 {
    switch word {
    case "--help", "-h", "help":
      guard let name = rest.first else { return printed(overview) }
      guard let command = command(named: name) else { return refuse(name) }
      return run(command, ["--help"])
    case "--version": return printed("\(programName) \(rnnpipeVersion)")
    case "manual": return printManual(of: rest.first ?? "")
    default:
      guard let command = command(named: word) else { return refuse(word) }
      return run(command, rest)
    }
  }

  /// The command called `name`, with or without `rnn-`.
  private func command(named name: String) -> (any ParsableCommand.Type)? {
    commands.first { $0._commandName == name || $0._commandName == "rnn-\(name)" }
  }

  private func run(_ command: any ParsableCommand.Type, _ arguments: [String]) -> Int32 {
    let name = command._commandName
    OutOfMemory.prepare(name)
    do {
      let parsed = try command.parseAsRoot(arguments)
      guard let stage = parsed as? any StageCommand else {
        var parsed = parsed
        try parsed.run()
        return 0
      }
      return StageRun.execute(stage, stage: name, arguments: arguments, cpuTarget: cpuTarget)
    } catch {
      return report(error, of: command)
    }
  }

  private func report(_ error: any Error, of command: any ParsableCommand.Type) -> Int32 {
    let message = command.message(for: error)
    if command.exitCode(for: error) == .success { return printed(message) }
    if let code = error as? ExitCode { return code.rawValue }
    if let failure = error as? Failure { return fail(failure, in: command._commandName) }
    return fail(UsageFailure(message, of: command).failure, in: command._commandName)
  }

  private func refuse(_ word: String) -> Int32 {
    let names = commands.map { String($0._commandName.dropFirst("rnn-".count)) }
    let nearest = nearestWord(to: word.hasPrefix("rnn-") ? String(word.dropFirst(4)) : word, among: names)
    let problem = "unknown command '\(word)'"
    return fail(.usage(problem, remedy: nearest.map { "did you mean rnn-\($0)?" }), in: programName)
  }

  private func fail(_ failure: Failure, in name: String) -> Int32 {
    Terminal.printLine(errorLine(name, failure))
    return failure.kind.rawValue
  }

  private func printed(_ text: String) -> Int32 {
    do throws(Errno) {
      try withErrno {
        _ = try FileDescriptor.standardOutput.writeAll((text.hasSuffix("\n") ? text : text + "\n").utf8)
      }
      try StandardStreams.closeOutput()
      return 0
    } catch {
      if error == .brokenPipe { return 0 }
      return fail(Failure(.io, "can't be written: \(error.text)", at: outputName(nil)), in: programName)
    }
  }
}

private let programName = "rnnpipe"

// MARK: - Texts

extension Launcher {
  private var overview: String {
    let width = commands.map { $0._commandName.count }.max() ?? 0
    let lines = commands.map { command in
      let name = command._commandName
      return
        "  \(name)\(String(repeating: " ", count: width - name.count))  \(command.configuration.abstract)"
    }
    return """
      OVERVIEW: Recurrent neural networks as a pipe of small commands.

      USAGE: rnn-NAME [options] [FILE]     or: rnnpipe NAME [options] [FILE]

      COMMANDS:
      \(lines.joined(separator: "\n"))

        See 'rnn-NAME --help' for each.
      """
  }

  /// Prints the manual page of a command, or, without a name, that of the program.
  private func printManual(of name: String) -> Int32 {
    if name.isEmpty || name == programName {
      let entries = commands.map { (name: $0._commandName, abstract: $0.configuration.abstract) }
      return printed(overviewPage(entries, version: rnnpipeVersion))
    }
    guard let command = command(named: name) else { return refuse(name) }
    do {
      return printed(try manualPage(dumpedHelp: command._dumpHelp(), version: rnnpipeVersion))
    } catch {
      return fail(Failure(.software, "\(error)"), in: programName)
    }
  }
}
