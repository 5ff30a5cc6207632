// The options for the rows of training: what is validated on, their order and their weights.

import ArgumentParser
import Stage

/// Validation, shuffling, weights and threads.
public struct FittingOptions: ParsableArguments {
  /// `--validation`: a stream to validate on.
  @Option(
    help: ArgumentHelp(
      "Validate on the rows of another stream, or on those of its validation part.", valueName: "file"),
    completion: .file())
  public var validation: String?

  /// `--validation-split`.
  @Option(
    help: ArgumentHelp(
      """
      Validate on this fraction of the rows, taken from the end, if the stream has no validation part (default: 0, \
      or the preset's).
      """,
      valueName: "fraction"))
  public var validationSplit: Double?

  /// `--relative`.
  @Flag(
    help: """
      Train on windows as differences from their last value, for series whose level drifts. Predictions are \
      converted back.
      """)
  public var relative = false

  /// `--no-shuffle`.
  @Flag(help: "Keep the order of the rows in every epoch.")
  public var noShuffle = false

  /// `--group-by-length`.
  @Flag(
    inversion: .prefixedNo,
    help: "Whether the rows of a batch have about the same length, which saves time (default: as the preset)."
  )
  public var groupByLength: Bool?

  /// `--class-weight`.
  @Option(
    help: ArgumentHelp(
      "The weight of each class in the loss: \"0=1,1=3\", by id or name, or \"balanced\".",
      valueName: "weights"), completion: .list(["balanced"]))
  public var classWeight: String?

  /// `--sample-weight`.
  @Option(
    help: ArgumentHelp(
      "The column with the weight of each row in the loss (default: weight, if the stream has it).",
      valueName: "column"))
  public var sampleWeight: String?

  /// `--threads`.
  @OptionGroup public var threads: ThreadOptions

  /// For ArgumentParser.
  public init() {}

  /// Rejects values out of range and options that can't be combined.
  public func validate() throws {
    if noShuffle, groupByLength == true {
      throw ValidationError("--group-by-length changes the order of the rows, which --no-shuffle keeps")
    }
    if let validationSplit, !(validationSplit >= 0 && validationSplit < 1) {
      throw ValidationError("--validation-split \(validationSplit) is not at least 0 and below 1")
    }
    if validation != nil, validationSplit ?? 0 > 0 {
      throw ValidationError("--validation and --validation-split can't be combined")
    }
  }
}
