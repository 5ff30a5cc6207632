// Early stopping: Keras's settings, defaults and decisions (keras/src/callbacks/early_stopping.py). Decisions depend
// only on the monitored values, so they can be tested on reference sequences without a network.

import OptionSyntax

/// Stops training when a quantity has stopped improving.
public struct EarlyStopping: Sendable, Equatable {
  /// The quantity to monitor.
  public var monitor = Monitor()
  /// The minimum improvement over the best value.
  public var minDelta = 0.0
  /// The number of epochs without improvement after which training stops.
  public var patience = 0
  /// Whether the best epoch's weights are restored at the end.
  public var restoresBest = false
  /// If given, an improvement must also beat this value to reset the count of epochs.
  public var baseline: Double?
  /// The number of epochs before monitoring starts.
  public var startFromEpoch = 0

  /// How each setting begins on the command line.
  public static let words =
    ["patience=", "restore_best", "min_delta=", "baseline=", "start_from_epoch="] + Monitor.words

  /// Keras's defaults.
  public init() {}

  /// Reads `patience=10,restore_best`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    var arguments = try CallArguments.options(
      text, subject: "early stopping", example: "patience=10,restore_best",
      flags: ["restore_best", "restore_best_weights"])
    monitor = try Monitor(&arguments)
    minDelta = try arguments.real(nil, "min_delta", in: 0...1e300) ?? 0
    patience = try arguments.count(nil, "patience", atLeast: 0) ?? 0
    let restores = (try arguments.flag("restore_best"), try arguments.flag("restore_best_weights"))
    restoresBest = restores.0 ?? restores.1 ?? false
    baseline = try arguments.real(nil, "baseline", in: -1e300...1e300)
    startFromEpoch = try arguments.count(nil, "start_from_epoch", atLeast: 0) ?? 0
    try arguments.finish()
  }
}

/// The state of early stopping between epochs.
public struct EarlyStoppingState: Sendable, Equatable {
  /// What to do after an epoch.
  public enum Decision: Sendable, Equatable {
    /// Keep the weights: the epoch is the best so far.
    case keepWeights
    /// Continue training.
    case proceed
    /// Stop training.
    case stop
  }

  /// The best value so far.
  public internal(set) var best: Double?
  /// The epoch with the best value, from 1; 0 if there is none yet.
  public internal(set) var bestEpoch = 0
  /// The number of epochs since then.
  public internal(set) var wait = 0

  /// The state before the first epoch.
  public init() {}

  /// Updates the state with the value of epoch `number`, from 1.
  public mutating func epochDone(
    _ number: Int, _ value: Double, _ rule: EarlyStopping, _ mode: MonitorMode
  ) -> Decision {
    guard number > rule.startFromEpoch else { return .proceed }
    wait += 1
    if mode.isBetter(value, than: best, by: rule.minDelta) {
      (best, bestEpoch) = (value, number)
      // The count is reset only if the baseline is beaten too.
      if rule.baseline == nil || mode.isBetter(value, than: rule.baseline, by: rule.minDelta) { wait = 0 }
      return .keepWeights
    }
    return wait >= rule.patience && number > 1 ? .stop : .proceed
  }
}
