// The option that says with how many threads a command works.

import ArgumentParser

/// `--threads`, of commands that divide their work.
public struct ThreadOptions: ParsableArguments {
  /// `--threads`: nil if it isn't given.
  @Option(
    help: ArgumentHelp(
      "Threads to use (default: one per available core); results don't depend on it.",
      valueName: "n"))
  public var threads: Int?

  /// How many threads to use at most.
  public var count: Int { threads ?? Processors.available }

  /// For ArgumentParser.
  public init() {}

  /// There are 1 to 1024 threads.
  public func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads) is not between 1 and 1024")
    }
  }
}
