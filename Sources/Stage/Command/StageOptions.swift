// The options of all commands, and those shared by several.

import ArgumentParser
import Failures
import OperatingSystem

/// The options of every command.
public struct StageOptions: ParsableArguments {
  /// The registry's path; nil for the default one.
  @Option(
    help: ArgumentHelp(
      "Record this run in the registry at PATH (default: $RNN_REGISTRY, else the nearest .rnn/runs.db).",
      valueName: "path"),
    completion: .file(extensions: ["db"]))
  public var registry: String?

  /// Whether the run is not recorded.
  @Flag(help: "Don't record this run.")
  public var noRegistry = false

  /// Whether nothing is done if nothing has changed.
  @Flag(
    help:
      "Do nothing if an earlier run did the same and its output is still there (also: RNN_SKIP_UNCHANGED=1).")
  public var skipUnchanged = false

  /// The run's name.
  @Option(help: ArgumentHelp("A name for this run in the registry.", valueName: "name"), completion: .runName)
  public var name: String?

  /// The run's tags.
  @Option(
    help: ArgumentHelp(
      "A tag for this run, in addition to those of $RNN_TAGS; may be repeated.", valueName: "key=value"))
  public var tag: [Tag] = []

  /// Whether only errors and warnings are printed.
  @Flag(name: [.long, .customShort("q")], help: "Print errors and warnings only.")
  public var quiet = false

  /// Whether results are printed for programs.
  @Flag(help: "Print results as JSON (on standard error if standard output is used for data).")
  public var json = false

  /// For ArgumentParser.
  public init() {}

  /// Rejects options that can't be combined.
  public func validate() throws {
    if noRegistry, registry != nil {
      throw ValidationError("--registry and --no-registry can't be combined")
    }
    if noRegistry, skipUnchanged {
      throw ValidationError("--skip-unchanged needs the registry, so it can't be combined with --no-registry")
    }
    do throws(Failure) {
      _ = try InheritedRecord.tags()
      try Processors.checkVariable()
    } catch {
      throw ValidationError(error.description)
    }
  }

  /// Whether runs that would repeat an earlier one are skipped.
  var skipsUnchanged: Bool {
    // What a trial of a sweep has done is looked for among the runs with its tags.
    if noRegistry || InheritedRecord.isTrial { return false }
    return skipUnchanged || environment("RNN_SKIP_UNCHANGED").map { $0 != "0" } ?? false
  }
}

/// A key and a value, written `key=value`.
public struct Tag: ExpressibleByArgument, Sendable, Equatable {
  /// The part before the first `=`, not empty.
  public let key: String
  /// The rest, which may be empty and may contain further `=`.
  public let value: String

  /// Nil if `argument` has no `=` or an empty key.
  public init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    key = String(argument[..<sign])
    value = String(argument[argument.index(after: sign)...])
  }

  /// The tag as written on the command line.
  public var defaultValueDescription: String { "\(key)=\(value)" }
}

/// `--seed`, for the commands that draw random numbers. Pass it on as `run.seed = seed.seed`.
public struct SeedOptions: ParsableArguments {
  /// The seed.
  @Option(
    help: ArgumentHelp("Random seed; the same seed gives the same result.", valueName: "n"))
  public var seed: UInt64 = 0

  /// For ArgumentParser.
  public init() {}
}
