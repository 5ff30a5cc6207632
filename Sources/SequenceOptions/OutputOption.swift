// The option for the output of a command.

import ArgumentParser

/// `-o FILE`.
public struct OutputOption: ParsableArguments {
  /// The file to write; nil for standard output.
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write to FILE instead of standard output.", valueName: "file"), completion: .file())
  public var path: String?

  /// For ArgumentParser.
  public init() {}
}
