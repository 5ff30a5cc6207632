// A command: options parsed by ArgumentParser, and a function that does the work.

import ArgumentParser

/// A command of the pipe. Its `configuration` sets its name (`rnn-pad`) and is usually created by
/// `CommandConfiguration.stage`; `StageCommand` adds the entry in the registry, messages, signals and the exit code
/// to `perform`.
public protocol StageCommand: ParsableCommand {
  /// The options of every command: `@OptionGroup var options: StageOptions`.
  var options: StageOptions { get }
  /// Whether runs of this command are recorded in the registry; false for commands that only inspect data.
  static var isRecorded: Bool { get }
  /// Whether the result depends on nothing but the options, the version and what is recorded as input, so that a run can
  /// be skipped that would repeat an earlier one.
  var isRepeatable: Bool { get }
  /// Whether several processes that mpirun or srun starts do the work together.
  static var worksWithPeers: Bool { get }
  /// What is meant by arguments that can't be parsed, where that can be known; nil for the parser's own message.
  static func mistake(in arguments: [String]) -> String?
  /// Does the work. The exit code depends on the error thrown: `Failure.kind`, or 70 for any other error.
  func perform(_ run: StageRun) throws
}

extension StageCommand {
  /// Runs are recorded unless a command says otherwise.
  public static var isRecorded: Bool { true }
  /// Results are repeatable unless a command says otherwise.
  public var isRepeatable: Bool { true }
  /// By default, a command works alone.
  public static var worksWithPeers: Bool { false }
  /// By default, nothing is known.
  public static func mistake(in arguments: [String]) -> String? { nil }

  /// Performs the command like `Launcher`, and ends the process if the exit code is not 0.
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
  ///   - examples: command lines, shown under EXAMPLES at the end of the discussion, broken to fit 80 columns.
  public static func stage(
    _ name: String, abstract: String, discussion: String = "", examples: [String] = [],
    subcommands: [any ParsableCommand.Type] = []
  ) -> CommandConfiguration {
    let lines = examples.flatMap { ExampleLines($0).lines }.joined(separator: "\n")
    let parts = [discussion, lines.isEmpty ? "" : "EXAMPLES:\n\(lines)"].filter { !$0.isEmpty }
    return CommandConfiguration(
      commandName: name, abstract: abstract, discussion: parts.joined(separator: "\n\n"),
      version: "\(name) (rnnpipe) \(rnnpipeVersion)", subcommands: subcommands)
  }
}
