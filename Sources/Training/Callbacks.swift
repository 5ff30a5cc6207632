// What watches training between epochs: early stopping and the learning rate's reduction on a plateau.
// Rules and defaults are Keras's (keras/src/callbacks/early_stopping.py, reduce_lr_on_plateau.py).

import Failures
import Networks

/// Whether smaller or larger values of a monitored quantity are better.
enum MonitorMode {
  case min, max

  /// Keras's `auto`: larger is better for accuracies, smaller for all else.
  init(monitor: String) { self = monitor.hasSuffix("accuracy") || monitor.hasSuffix("acc") ? .max : .min }

  func isBetter(_ value: Double, than best: Double, by delta: Double) -> Bool {
    self == .min ? value < best - delta : value > best + delta
  }

  var worst: Double { self == .min ? .infinity : -.infinity }
}

/// Stops training once a quantity has stopped improving.
public struct EarlyStopping: Sendable, Equatable {
  /// The quantity to watch: `loss`, a metric, or either with `val_` before.
  public var monitor = "val_loss"
  /// How much better than the best a value must be to count as better.
  public var minDelta = 0.0
  /// How many epochs without a better value stop training.
  public var patience = 0
  /// Whether the best epoch's weights are put back at the end.
  public var restoresBest = false
  /// Where given, a better value must beat this too before the count of epochs starts anew.
  public var baseline: Double?
  /// Epochs that pass before any is watched.
  public var startFromEpoch = 0

  /// Reads `patience=10,restore_best`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    var arguments = try CallArguments.options(
      text, subject: "early stopping", example: "patience=10,restore_best",
      flags: ["restore_best", "restore_best_weights"])
    monitor = try arguments.word(nil, "monitor") ?? monitor
    minDelta = Double(try arguments.number(nil, "min_delta", in: 0...1e9) ?? 0)
    patience = try arguments.count(nil, "patience", atLeast: 0) ?? 0
    let restores = (try arguments.flag("restore_best"), try arguments.flag("restore_best_weights"))
    restoresBest = restores.0 ?? restores.1 ?? false
    baseline = try arguments.number(nil, "baseline", in: -1e30...1e30).map(Double.init)
    startFromEpoch = try arguments.count(nil, "start_from_epoch", atLeast: 0) ?? 0
    try arguments.finish()
  }
}

/// Makes the learning rate smaller when a quantity has stopped improving.
public struct ReduceRate: Sendable, Equatable {
  /// The quantity to watch: `loss`, a metric, or either with `val_` before.
  public var monitor = "val_loss"
  /// What the learning rate is multiplied by.
  public var factor: Float = 0.1
  /// How many epochs without a better value make the rate smaller.
  public var patience = 10
  /// How much better than the best a value must be to count as better.
  public var minDelta = 1e-4
  /// Epochs after a reduction in which none are counted.
  public var cooldown = 0
  /// The smallest that the rate may become.
  public var minRate: Float = 0

  /// Reads `factor=0.5,patience=5,min_lr=1e-7`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    var arguments = try CallArguments.options(
      text, subject: "reduce-lr", example: "factor=0.5,patience=5,min_lr=1e-7", flags: [])
    monitor = try arguments.word(nil, "monitor") ?? monitor
    factor = try arguments.number(nil, "factor", in: 1e-9...0.999_999) ?? factor
    patience = try arguments.count(nil, "patience", atLeast: 0) ?? patience
    minDelta = Double(try arguments.number(nil, "min_delta", in: 0...1e9) ?? 1e-4)
    cooldown = try arguments.count(nil, "cooldown", atLeast: 0) ?? 0
    minRate = try arguments.number(nil, "min_lr", in: 0...1e6) ?? 0
    try arguments.finish()
  }
}

extension CallArguments {
  /// The arguments of an option that is written without a name, `key=value,flag`.
  static func options(
    _ text: String, subject: String, example: String, flags: Set<String>
  ) throws -> CallArguments {
    let calls = try CallSyntax.parse("options(\(text))", subject: subject, example: example)
    guard calls.count == 1 else {
      throw Failure.usage("\(subject): '\(text)'", remedy: "such as \"\(example)\"")
    }
    return try CallArguments(calls[0], subject: subject, flags: flags, positions: 0)
  }
}

/// How far a monitored quantity has come, for either callback.
struct Watch: Sendable, Equatable {
  /// The best value so far, its epoch, and how many epochs passed without a better one.
  var best: Double
  var bestEpoch = 0
  var wait = 0
  var cooldown = 0

  init(best: Double) { self.best = best }
}
