// The option of stages whose work can be divided among independent processes.

import ArgumentParser
import TensorFile

/// `--shard i/n`.
public struct ShardOption: ParsableArguments {
  @Option(
    name: .customLong("shard"),
    help: ArgumentHelp(
      """
      Prepare only the i-th of n consecutive parts of the input, 1/n to n/n, each by a process of its own; cat joins \
      the outputs.
      """, valueName: "i/n"))
  private var text: String?

  /// The shard to prepare; nil for everything.
  public var shard: Shard? { text.flatMap(Shard.init) }

  /// For ArgumentParser.
  public init() {}

  /// Throws unless it is i/n with 1 <= i <= n.
  public func validate() throws {
    guard let text, shard == nil else { return }
    throw ValidationError(
      "--shard \(text) is not i/n with i from 1 to n, such as 2/4, and n at most \(Shard.mostShards)")
  }
}
