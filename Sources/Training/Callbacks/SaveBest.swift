// Saving the best model during training: settings and decisions are those of Keras's ModelCheckpoint
// (keras/src/callbacks/model_checkpoint.py).

import OptionSyntax

/// Saves the model after each epoch that is the best so far.
public struct SaveBest: Sendable, Equatable {
  /// The file; its name may contain the epoch and its values in braces.
  public var file: FilenameTemplate
  /// The quantity to monitor.
  public var monitor = Monitor()
  /// If given, the first model to be saved must beat this value.
  public var threshold: Double?

  /// Reads `best.tensors.zst,monitor=val_accuracy`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    file = try FilenameTemplate(parsing: String(parts[0]), subject: "save-best")
    guard parts.count == 2 else { return }
    var arguments = try CallArguments.options(
      String(parts[1]), subject: "save-best", example: "best.tensors.zst,monitor=val_accuracy")
    monitor = try Monitor(&arguments)
    threshold = try arguments.real(nil, "initial_value_threshold", in: -1e300...1e300)
    try arguments.finish()
  }
}

/// The state of saving the best model between epochs.
public struct SaveBestState: Sendable, Equatable {
  /// The best value so far.
  public internal(set) var best: Double?
  /// The epoch with the best value, from 1; 0 if there is none yet.
  public internal(set) var bestEpoch = 0

  /// The state before the first epoch.
  public init() {}

  /// Updates the state with the value of epoch `number`, from 1; returns whether it is the best and beats `threshold`.
  public mutating func epochDone(
    _ number: Int, _ value: Double, threshold: Double?, _ mode: MonitorMode
  ) -> Bool {
    guard mode.isBetter(value, than: best ?? threshold) else { return false }
    (best, bestEpoch) = (value, number)
    return true
  }
}
