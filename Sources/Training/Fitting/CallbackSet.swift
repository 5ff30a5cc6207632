// The callbacks of one training with what they watch, checked against the quantities that there are.

import Failures
import Networks
import Spelling

/// The rules that watch a training.
struct Callbacks {
  /// Early stopping's rule, or one that only finds the best epoch.
  let stopping: EarlyStopping
  private let options: FitOptions
  private let trainer: Trainer

  /// Throws `Failure` (usage) where a rule watches what is not there, or would change a schedule's rate.
  init(_ options: FitOptions, _ trainer: Trainer, validates: Bool) throws {
    self.options = options
    self.trainer = trainer
    var plain = EarlyStopping()
    if !validates { plain.monitor.name = "loss" }
    stopping = options.earlyStopping ?? plain
    for monitor in [stopping.monitor, options.reduceRate?.monitor, options.saveBest?.monitor] {
      if let monitor { try check([monitor.name], validates: validates) }
    }
    for pattern in [options.saveBest?.file, options.saveEvery?.file] {
      if let pattern { try check(pattern.names.subtracting(["epoch"]), validates: validates) }
    }
    guard options.reduceRate == nil || trainer.options.optimizer.rate.isConstant else {
      throw Failure.usage(
        "the learning rate follows a schedule and can't be reduced on a plateau too",
        remedy: "leave out --reduce-lr or the schedule")
    }
  }

  private func check(_ quantities: Set<String>, validates: Bool) throws {
    let names = trainer.values(trainer.emptyTotals).map(\.name)
    let known = names + (validates ? names.map { "val_\($0)" } : [])
    for quantity in quantities.sorted() where !known.contains(quantity) {
      throw Failure.usage(
        "there is no \(quantity) to watch",
        remedy: quantity.hasPrefix("val_") && !validates
          ? "set rows aside with --validation-split 0.2, or watch monitor=loss"
          : suggestion(for: quantity, among: known))
    }
  }

  /// Lets all rules see an epoch; returns whether it is the best so far.
  func epochDone(_ epoch: History.Epoch, _ state: inout TrainingState) -> Bool {
    if let rule = options.reduceRate, let value = epoch.values[rule.monitor.name] {
      state.rate = state.reducing.epochDone(value, rate: state.rate, rule, mode(rule.monitor))
    }
    if let rule = options.saveBest, let value = epoch.values[rule.monitor.name] {
      _ = state.saving.epochDone(epoch.number, value, threshold: rule.threshold, mode(rule.monitor))
    }
    guard let value = epoch.values[stopping.monitor.name] else { return false }
    let verdict = state.stopping.epochDone(epoch.number, value, stopping, mode(stopping.monitor))
    state.isFinished = verdict == .stop && options.earlyStopping != nil
    return verdict == .best
  }

  private func mode(_ monitor: Monitor) -> MonitorMode {
    monitor.mode ?? trainer.mode(of: monitor.name) ?? .min
  }
}
