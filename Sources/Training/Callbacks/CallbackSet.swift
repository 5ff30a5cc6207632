// The callbacks of a training run; checks that the quantities they monitor exist.

import Failures
import Networks
import Spelling

/// The callbacks of a training run.
struct CallbackSet {
  /// The early stopping rule, or a rule that only finds the best epoch.
  let earlyStopping: EarlyStopping
  private let options: FitOptions
  private let trainer: Trainer

  /// Throws `Failure` (usage) if a monitored quantity doesn't exist, or a callback would change a schedule's rate.
  init(_ options: FitOptions, _ trainer: Trainer, validates: Bool) throws {
    self.options = options
    self.trainer = trainer
    var fallback = EarlyStopping()
    if !validates { fallback.monitor.name = "loss" }
    earlyStopping = options.earlyStopping ?? fallback
    for monitor in [earlyStopping.monitor, options.reduceOnPlateau?.monitor, options.saveBest?.monitor] {
      if let monitor { try check([monitor.name], validates: validates) }
    }
    for pattern in [options.saveBest?.file, options.saveEvery?.file] {
      if let pattern { try check(pattern.names.subtracting(["epoch"]), validates: validates) }
    }
    guard options.reduceOnPlateau == nil || trainer.options.optimizer.rate.isConstant else {
      throw Failure.usage(
        "a learning rate schedule can't be combined with --reduce-lr",
        remedy: "omit --reduce-lr or the schedule")
    }
  }

  private func check(_ quantities: Set<String>, validates: Bool) throws {
    let names = trainer.values(trainer.emptyTotals).map(\.name)
    let known = names + (validates ? names.map { "val_\($0)" } : [])
    for quantity in quantities.sorted() where !known.contains(quantity) {
      throw Failure.usage(
        "there is no quantity \(quantity) to monitor",
        remedy: quantity.hasPrefix("val_") && !validates
          ? "hold out rows with --validation-split 0.2, or use monitor=loss"
          : suggestion(for: quantity, among: known))
    }
  }

  /// Updates all callbacks after an epoch; returns whether it is the best so far.
  func epochDone(_ epoch: History.Epoch, _ state: inout TrainingState) -> Bool {
    if let rule = options.reduceOnPlateau, let value = epoch.values[rule.monitor.name] {
      state.rate = state.reduceOnPlateau.epochDone(value, rate: state.rate, rule, mode(rule.monitor))
    }
    if let rule = options.saveBest, let value = epoch.values[rule.monitor.name] {
      _ = state.saveBest.epochDone(epoch.number, value, threshold: rule.threshold, mode(rule.monitor))
    }
    guard let value = epoch.values[earlyStopping.monitor.name] else { return false }
    let decision = state.earlyStopping.epochDone(
      epoch.number, value, earlyStopping, mode(earlyStopping.monitor))
    state.isFinished = decision == .stop && options.earlyStopping != nil
    return decision == .keepWeights
  }

  private func mode(_ monitor: Monitor) -> MonitorMode {
    monitor.mode ?? trainer.mode(of: monitor.name) ?? .min
  }
}
