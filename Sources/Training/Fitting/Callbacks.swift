// What may watch training between epochs, in the words of rnn-train's options: early stopping, the learning
// rate's reduction on a plateau, and saving the best model. Rules and defaults are Keras's
// (keras/src/callbacks); what they decide is in CallbackState.swift.

import Failures
import Networks
import OptionSyntax

/// Whether smaller or larger values of a monitored quantity are better.
public enum MonitorMode: String, Sendable, CaseIterable {
  case min, max

  /// Whether `value` is better than `reference` by more than `delta`; anything is better than nothing. Keras
  /// compares in single precision, and so do we: a tie there is no improvement.
  public func isBetter(_ value: Double, than reference: Double?, by delta: Double = 0) -> Bool {
    guard !value.isNaN else { return false }
    guard let reference else { return true }
    return self == .min
      ? Float(value + delta) < Float(reference) : Float(value - delta) > Float(reference)
  }
}

/// A quantity to watch: `loss`, a metric, or either with `val_` before.
public struct Monitor: Sendable, Equatable {
  /// Its name.
  public var name = "val_loss"
  /// Whether smaller or larger is better; nil for what suits the quantity.
  public var mode: MonitorMode?

  /// The validation's loss.
  public init() {}

  /// Takes `monitor` and `mode`.
  init(_ arguments: inout CallArguments) throws {
    name = try arguments.word(nil, "monitor") ?? name
    let modes = ["auto"] + MonitorMode.allCases.map(\.rawValue)
    mode = try arguments.choice(nil, "mode", of: modes).flatMap(MonitorMode.init)
  }
}

/// Stops training once a quantity has stopped improving.
public struct EarlyStopping: Sendable, Equatable {
  /// The quantity to watch.
  public var monitor = Monitor()
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

/// Makes the learning rate smaller when a quantity has stopped improving.
public struct ReduceRate: Sendable, Equatable {
  /// The quantity to watch.
  public var monitor = Monitor()
  /// What the learning rate is multiplied by.
  public var factor = 0.1
  /// How many epochs without a better value make the rate smaller.
  public var patience = 10
  /// How much better than the best a value must be to count as better.
  public var minDelta = 1e-4
  /// Epochs after a reduction in which none are counted.
  public var cooldown = 0
  /// The smallest that the rate may become.
  public var minRate = 0.0

  /// Reads `factor=0.5,patience=5,min_lr=1e-7`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    var arguments = try CallArguments.options(
      text, subject: "reduce-lr", example: "factor=0.5,patience=5,min_lr=1e-7", flags: [])
    monitor = try Monitor(&arguments)
    factor = try arguments.real(nil, "factor", in: 1e-9...0.999_999) ?? factor
    patience = try arguments.count(nil, "patience", atLeast: 0) ?? patience
    minDelta = try arguments.real(nil, "min_delta", in: 0...1e300) ?? minDelta
    cooldown = try arguments.count(nil, "cooldown", atLeast: 0) ?? 0
    minRate = try arguments.real(nil, "min_lr", in: 0...1e6) ?? 0
    try arguments.finish()
  }
}

/// Saves the model after each epoch that is the best so far.
public struct SaveBest: Sendable, Equatable {
  /// The file, with the epoch and its values where braces name them.
  public var file: NamePattern
  /// The quantity to watch.
  public var monitor = Monitor()
  /// Where given, the first to be saved must beat this.
  public var threshold: Double?

  /// Reads `best.tensors.zst,monitor=val_accuracy`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    file = try NamePattern(parsing: String(parts[0]), subject: "save-best")
    guard parts.count == 2 else { return }
    var arguments = try CallArguments.options(
      String(parts[1]), subject: "save-best", example: "best.tensors.zst,monitor=val_accuracy", flags: [])
    monitor = try Monitor(&arguments)
    threshold = try arguments.real(nil, "initial_value_threshold", in: -1e300...1e300)
    try arguments.finish()
  }
}

/// Saves the model after every so many epochs.
public struct SaveEvery: Sendable, Equatable {
  /// The file, with the epoch and its values where braces name them.
  public let file: NamePattern
  /// After how many epochs.
  public let epochs: Int

  /// Reads `5,model-{epoch:02d}-{val_loss:.4f}.tensors.zst`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let epochs = Int(parts[0]), epochs > 0 else {
      throw Failure.usage(
        "save-every: '\(text)' doesn't begin with a number of epochs",
        remedy: "such as \"5,model-{epoch:02d}.tensors.zst\"")
    }
    self.epochs = epochs
    file = try NamePattern(parsing: String(parts[1]), subject: "save-every")
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
