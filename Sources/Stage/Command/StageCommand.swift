// A command: options that ArgumentParser fills in, and one function that does the work.

import ArgumentParser

/// One command of the pipe. Its `configuration` names it (`rnn-pad`) and is best made by `CommandConfiguration.stage`;
/// `StageCommand` surrounds `perform` with the registry's entry, the messages, the signals and the exit code.
public protocol StageCommand: ParsableCommand {
  /// The options of every command: `@OptionGroup var options: StageOptions`.
  var options: StageOptions { get }
  /// Whether runs of this command are recorded in the registry; those that only inspect things are not.
  static var isRecorded: Bool { get }
  /// Does the work. What it throws decides the exit code: `Failure.kind`, or 70 for anything else.
  func perform(_ run: StageRun) throws
}

extension StageCommand {
  /// Runs are recorded unless a command says otherwise.
  public static var isRecorded: Bool { true }

  /// Performs the command as `Launcher` does, and ends the process if the exit code is not 0.
  public func run() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    let code = StageRun.execute(self, stage: Self._commandName, arguments: arguments)
    if code != 0 { throw ExitCode(code) }
  }
}

extension CommandConfiguration {
  /// The configuration of a stage.
  /// - Parameters:
  ///   - name: the command's name, such as `rnn-pad`.
  ///   - abstract: one line, a sentence with its period.
  ///   - discussion: paragraphs below it.
  ///   - examples: command lines, shown indented under EXAMPLES at the end of the discussion.
  public static func stage(
    _ name: String, abstract: String, discussion: String = "", examples: [String] = [],
    subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    let lines = examples.map { "  \($0)" }.joined(separator: "\n")
    let parts = [discussion, lines.isEmpty ? "" : "EXAMPLES:\n\(lines)"].filter { !$0.isEmpty }
    return CommandConfiguration(
      commandName: name, abstract: abstract, discussion: parts.joined(separator: "\n\n"),
      version: "\(name) (rnnpipe) \(rnnpipeVersion)", subcommands: subcommands)
  }
}
