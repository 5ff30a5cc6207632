// Reducing the learning rate on a plateau: Keras's settings, defaults and decisions
// (keras/src/callbacks/reduce_lr_on_plateau.py), which depend only on the monitored values.

import OptionSyntax

/// Reduces the learning rate when a quantity has stopped improving.
public struct ReduceOnPlateau: Sendable, Equatable {
  /// The quantity to monitor.
  public var monitor = Monitor()
  /// The factor that the learning rate is multiplied by.
  public var factor = 0.1
  /// The number of epochs without improvement after which the rate is reduced.
  public var patience = 10
  /// The minimum improvement over the best value.
  public var minDelta = 1e-4
  /// The number of epochs after a reduction that are not counted.
  public var cooldown = 0
  /// The lower bound of the rate.
  public var minRate = 0.0

  /// How each setting begins on the command line.
  public static let words =
    ["factor=", "patience=", "min_delta=", "cooldown=", "min_lr="] + Monitor.words

  /// Reads `factor=0.5,patience=5,min_lr=1e-7`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    var arguments = try CallArguments.options(
      text, subject: "reduce-lr", example: "factor=0.5,patience=5,min_lr=1e-7")
    monitor = try Monitor(&arguments)
    factor = try arguments.real(nil, "factor", in: 1e-9...0.999_999) ?? factor
    patience = try arguments.count(nil, "patience", atLeast: 0) ?? patience
    minDelta = try arguments.real(nil, "min_delta", in: 0...1e300) ?? minDelta
    cooldown = try arguments.count(nil, "cooldown", atLeast: 0) ?? 0
    minRate = try arguments.real(nil, "min_lr", in: 0...1e6) ?? 0
    try arguments.finish()
  }
}

/// The state of the rate's reduction between epochs.
public struct ReduceOnPlateauState: Sendable, Equatable {
  /// The best value so far.
  public internal(set) var best: Double?
  /// The number of epochs since then or since the last reduction.
  public internal(set) var wait = 0
  /// The remaining number of epochs that are not counted after a reduction.
  public internal(set) var cooldown = 0

  /// The state before the first epoch.
  public init() {}

  /// Updates the state with an epoch's value; returns the learning rate of the next epoch, given this epoch's `rate`.
  public mutating func epochDone(
    _ value: Double, rate: Float, _ rule: ReduceOnPlateau, _ mode: MonitorMode
  ) -> Float {
    if cooldown > 0 {
      cooldown -= 1
      wait = 0
    }
    if mode.isBetter(value, than: best, by: rule.minDelta) {
      (best, wait) = (value, 0)
    } else if cooldown == 0 {
      wait += 1
      if wait >= rule.patience && rate > Float(rule.minRate) {
        (cooldown, wait) = (rule.cooldown, 0)
        return Float(max(Double(rate) * rule.factor, rule.minRate))
      }
    }
    return rate
  }
}
