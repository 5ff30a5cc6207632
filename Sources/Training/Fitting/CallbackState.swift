// What callbacks remember from epoch to epoch, and what they decide. Decisions are Keras's
// (keras/src/callbacks/early_stopping.py, reduce_lr_on_plateau.py, model_checkpoint.py); they depend on the
// watched values alone, so reference sequences can be put through them without a network.

/// Early stopping's memory.
public struct EarlyStoppingState: Sendable, Equatable {
  /// What follows from an epoch.
  public enum Verdict: Sendable, Equatable {
    /// It is the best so far: its weights are to be kept.
    case best
    /// Nothing.
    case other
    /// Training has to stop.
    case stop
  }

  /// The best value so far.
  public internal(set) var best: Double?
  /// Its epoch, from 1; 0 before there is one.
  public internal(set) var bestEpoch = 0
  /// Epochs since then.
  public internal(set) var wait = 0

  /// Nothing seen yet.
  public init() {}

  /// Takes the value of epoch `number`, from 1.
  public mutating func epochDone(
    _ number: Int, _ value: Double, _ rule: EarlyStopping, _ mode: MonitorMode
  ) -> Verdict {
    guard number > rule.startFromEpoch else { return .other }
    wait += 1
    if mode.isBetter(value, than: best, by: rule.minDelta) {
      (best, bestEpoch) = (value, number)
      // The count starts anew only where the baseline is beaten too.
      if rule.baseline == nil || mode.isBetter(value, than: rule.baseline, by: rule.minDelta) { wait = 0 }
      return .best
    }
    return wait >= rule.patience && number > 1 ? .stop : .other
  }
}

/// The rate reduction's memory.
public struct RateReductionState: Sendable, Equatable {
  /// The best value so far.
  public internal(set) var best: Double?
  /// Epochs since then or since the last reduction.
  public internal(set) var wait = 0
  /// Epochs that are still not counted after a reduction.
  public internal(set) var cooldown = 0

  /// Nothing seen yet.
  public init() {}

  /// Takes an epoch's value and returns the learning rate that the next one has, where this one had `rate`.
  public mutating func epochDone(
    _ value: Double, rate: Float, _ rule: ReduceRate, _ mode: MonitorMode
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

/// The memory of saving the best.
public struct BestModelState: Sendable, Equatable {
  /// The best value so far.
  public internal(set) var best: Double?
  /// Its epoch, from 1; 0 before there is one.
  public internal(set) var bestEpoch = 0

  /// Nothing seen yet.
  public init() {}

  /// Takes the value of epoch `number`, from 1; returns whether it is the best, and beats `threshold`.
  public mutating func epochDone(
    _ number: Int, _ value: Double, threshold: Double?, _ mode: MonitorMode
  ) -> Bool {
    guard mode.isBetter(value, than: best ?? threshold) else { return false }
    (best, bestEpoch) = (value, number)
    return true
  }
}
