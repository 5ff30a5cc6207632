// Training by epochs: shuffles, steps, validation, callbacks, and the best weights kept.

import Failures
import Kernels
import Networks
import RandomNumbers

/// How long to train, and what may end it before.
public struct FitOptions: Sendable {
  /// The epochs to train, those before a resumption included.
  public var epochs: Int
  /// Whether the rows take a new order each epoch, by the seed and the epoch's number.
  public var shuffles = true
  /// When to stop before the last epoch; nil for never.
  public var earlyStopping: EarlyStopping?
  /// When to make the learning rate smaller; nil for never.
  public var reduceRate: ReduceRate?

  /// So many epochs with shuffling, without callbacks.
  public init(epochs: Int) { self.epochs = epochs }
}

/// Hears of training's progress; every function is called on the training thread.
public protocol FitObserver {
  /// After each step; returns false to interrupt training there.
  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool
  /// After each epoch, its validation included.
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws
}

/// Training of one network on one set of rows.
public final class Fit {
  /// How training ended.
  public enum Ending: Sendable, Equatable {
    /// After the epochs asked for.
    case allEpochs
    /// By early stopping.
    case stoppedEarly
    /// By the observer; the state can be saved and resumed.
    case interrupted
  }

  /// What takes the steps.
  public let trainer: Trainer
  /// How long to train, and what may end it before.
  public let options: FitOptions
  /// Where training stands.
  public internal(set) var state: TrainingState
  private let training: DataSet
  private let validation: DataSet?
  /// The weights of the best epoch, laid out as the network's; nil before one was found.
  var bestWeights: FloatBuffer?

  /// Throws `Failure` (usage) where a callback watches what is not there.
  public init(
    _ trainer: Trainer, _ options: FitOptions, training: DataSet, validation: DataSet?
  ) throws {
    self.trainer = trainer
    self.options = options
    self.training = training
    self.validation = validation
    state = TrainingState(
      rate: trainer.optimizer.rate, metrics: trainer.options.metrics.count,
      stopping: options.earlyStopping, reducing: options.reduceRate)
    for monitor in [options.earlyStopping?.monitor, options.reduceRate?.monitor].compactMap({ $0 }) {
      try check(monitor: monitor)
    }
  }

  /// The steps of one epoch.
  public var stepsInEpoch: Int { (training.rows + batchSize - 1) / batchSize }
  private var batchSize: Int { trainer.options.batchSize }

  /// Trains from where `state` stands; throws `Failure` (data) where the loss is no finite number any more.
  public func run(_ observer: some FitObserver) throws -> Ending {
    while state.epoch < options.epochs && !state.isFinished {
      guard runEpoch(observer) else { return .interrupted }
      let epoch = try closeEpoch()
      if watchStopping(epoch) { state.isFinished = true }
      watchRate(epoch)
      try observer.epochDone(epoch, state)
    }
    if options.earlyStopping?.restoresBest == true, let bestWeights {
      trainer.network.store.values.copy(bestWeights)
    }
    return state.isFinished ? .stoppedEarly : .allEpochs
  }

  /// The epoch whose weights were restored, where they were.
  public var restoredEpoch: Int? {
    options.earlyStopping?.restoresBest == true && bestWeights != nil ? state.stopping.bestEpoch : nil
  }

  private func runEpoch(_ observer: some FitObserver) -> Bool {
    let order = order(ofEpoch: state.epoch)
    while state.stepInEpoch < stepsInEpoch {
      let start = state.stepInEpoch * batchSize
      trainer.optimizer.rate = state.rate
      trainer.step(training, order, start..<min(start + batchSize, training.rows), into: &state.tally)
      state.stepInEpoch += 1
      state.steps += 1
      guard observer.stepDone(state, stepsInEpoch: stepsInEpoch) else { return false }
    }
    return true
  }

  /// The rows in the order in which an epoch takes them.
  private func order(ofEpoch epoch: Int) -> [Int] {
    guard options.shuffles else { return Array(0..<training.rows) }
    var random = RandomStream(seed: trainer.options.seed, stream: 0x2000_0000 + UInt64(epoch))
    return random.permutation(training.rows)
  }

  private func closeEpoch() throws -> History.Epoch {
    var values = values(state.tally, prefix: "")
    guard state.tally.loss.isFinite else {
      throw Failure.data(
        "the loss became \(state.tally.loss) in epoch \(state.epoch + 1)",
        remedy: "try a smaller learning rate or --optimizer \"adam(0.001,clipnorm=1.0)\"")
    }
    if let validation {
      values.merge(self.values(trainer.evaluate(validation), prefix: "val_")) { first, _ in first }
    }
    if options.reduceRate != nil { values["learning_rate"] = Double(state.rate) }
    state.epoch += 1
    state.stepInEpoch = 0
    state.tally = Tally(metrics: trainer.options.metrics.count)
    let epoch = History.Epoch(number: state.epoch, values: values)
    state.history.epochs.append(epoch)
    return epoch
  }

  private func values(_ tally: Tally, prefix: String) -> [String: Double] {
    trainer.values(tally).reduce(into: [:]) { $0[prefix + $1.name] = $1.value }
  }

  // MARK: Callbacks

  private func check(monitor: String) throws {
    let names = ["loss"] + trainer.options.metrics.map(\.rawValue)
    let known = names + (validation == nil ? [] : names.map { "val_\($0)" })
    guard known.contains(monitor) else {
      throw Failure.usage(
        "there is no \(monitor) to watch",
        remedy: monitor.hasPrefix("val_") && validation == nil
          ? "set rows aside with --validation-split 0.2, or watch monitor=loss"
          : suggestion(for: monitor, among: known))
    }
  }

  /// Keras's EarlyStopping.on_epoch_end; returns whether to stop.
  private func watchStopping(_ epoch: History.Epoch) -> Bool {
    guard let rule = options.earlyStopping, let value = epoch.values[rule.monitor] else { return false }
    guard epoch.number > rule.startFromEpoch else { return false }
    let mode = MonitorMode(monitor: rule.monitor)
    if rule.restoresBest && bestWeights == nil { keepWeights(epoch.number) }
    state.stopping.wait += 1
    if mode.isBetter(value, than: state.stopping.best, by: rule.minDelta) {
      state.stopping.best = value
      keepWeights(epoch.number)
      if rule.baseline.map({ mode.isBetter(value, than: $0, by: rule.minDelta) }) ?? true {
        state.stopping.wait = 0
      }
      return false
    }
    return state.stopping.wait >= rule.patience && epoch.number > 1
  }

  private func keepWeights(_ epoch: Int) {
    state.stopping.bestEpoch = epoch
    guard options.earlyStopping?.restoresBest == true else { return }
    let weights = trainer.network.store.values
    let best = bestWeights ?? FloatBuffer(weights.count)
    best.copy(weights)
    bestWeights = best
  }

  /// Keras's ReduceLROnPlateau.on_epoch_end.
  private func watchRate(_ epoch: History.Epoch) {
    guard let rule = options.reduceRate, let value = epoch.values[rule.monitor] else { return }
    let mode = MonitorMode(monitor: rule.monitor)
    if state.reducing.cooldown > 0 {
      state.reducing.cooldown -= 1
      state.reducing.wait = 0
    }
    if mode.isBetter(value, than: state.reducing.best, by: rule.minDelta) {
      state.reducing.best = value
      state.reducing.wait = 0
    } else if state.reducing.cooldown == 0 {
      state.reducing.wait += 1
      guard state.reducing.wait >= rule.patience, state.rate > rule.minRate else { return }
      state.rate = max(state.rate * rule.factor, rule.minRate)
      state.reducing.cooldown = rule.cooldown
      state.reducing.wait = 0
    }
  }
}

extension Trainer {
  /// The loss and the metrics of a tally, by name, in order.
  public func values(_ tally: Tally) -> [(name: String, value: Double)] {
    [("loss", tally.loss)]
      + options.metrics.enumerated().map { number, metric in
        (metric.rawValue, metric.value(tally.sums[number + 1], rows: tally.rows))
      }
  }
}
