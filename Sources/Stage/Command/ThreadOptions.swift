// The option for the number of threads.

import ArgumentParser

/// `--threads`, for commands that divide their work.
public struct ThreadOptions: ParsableArguments {
  /// `--threads`: nil if it isn't given.
  @Option(
    help: ArgumentHelp(
      "Threads to use (default: $RNN_THREADS, else one per available core); results don't depend on it.",
      valueName: "n"))
  public var threads: Int?

  /// The maximum number of threads.
  public var count: Int { threads ?? Processors.available }

  /// For ArgumentParser.
  public init() {}

  /// Throws unless there are 1 to 1024 threads.
  public func validate() throws {
    if let threads, !Processors.permitted.contains(threads) {
      throw ValidationError("--threads \(threads) is not between 1 and 1024")
    }
  }
}
