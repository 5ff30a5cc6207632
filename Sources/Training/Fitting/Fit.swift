// Training by epochs: shuffles, steps, validation, and the best and the last good weights kept.

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
  /// Whether the best epoch's weights are put back at the end, early stopping or not.
  public var takesBest = false
  /// When to make the learning rate smaller; nil for never.
  public var reduceRate: ReduceRate?
  /// Which epochs' models are saved as the best so far; nil for none.
  public var saveBest: SaveBest?
  /// Which epochs' models are saved by their number; nil for none.
  public var saveEvery: SaveEvery?

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
    /// By a loss that is no finite number any more; the weights are those of `goodEpoch` again.
    case diverged
  }

  /// What takes the steps.
  public let trainer: Trainer
  /// How long to train, and what may end it before.
  public let options: FitOptions
  /// Where training stands.
  public internal(set) var state: TrainingState
  private let training: DataSet
  private let validation: DataSet?
  private let callbacks: Callbacks
  /// The weights of the best epoch, laid out as the network's; nil before one was found.
  var bestWeights: FloatBuffer?
  private let lastFiniteWeights: LastFiniteWeights
  /// Whether the best weights were put back.
  private var hasRestored = false

  /// Throws `Failure` (usage) where a callback watches what is not there.
  public init(
    _ trainer: Trainer, _ options: FitOptions, training: DataSet, validation: DataSet?
  ) throws {
    guard !(options.shuffles && trainer.network.architecture.isStateful) else {
      throw Failure.usage(
        "a stateful layer goes on from row to row, which shuffling tears apart", remedy: "add --no-shuffle")
    }
    self.trainer = trainer
    self.options = options
    self.training = training
    self.validation = validation
    callbacks = try Callbacks(options, trainer, validates: validation != nil)
    state = TrainingState(rate: trainer.optimizer.rate, totals: trainer.emptyTotals)
    lastFiniteWeights = LastFiniteWeights(trainer.network.store.values, areProven: validation != nil)
  }

  /// The steps of one epoch.
  public var stepsInEpoch: Int { (training.rows + batchSize - 1) / batchSize }
  private var batchSize: Int { trainer.options.batchSize }

  /// Trains from where `state` stands.
  public func run(_ observer: some FitObserver) throws -> Ending {
    lastFiniteWeights.begin(epoch: state.epoch)
    while state.epoch < options.epochs && !state.isFinished {
      if let ending = runEpoch(observer) { return ending }
      let epoch = closeEpoch()
      lastFiniteWeights.epochDone(epoch.number, isGood: epoch.values["val_loss"]?.isFinite ?? true)
      if callbacks.epochDone(epoch, &state) { keepBest() }
      try observer.epochDone(epoch, state)
    }
    restoreBest()
    return state.isFinished ? .stoppedEarly : .allEpochs
  }

  /// Runs the rest of an epoch; returns how training ended where it did.
  private func runEpoch(_ observer: some FitObserver) -> Ending? {
    let order = order(ofEpoch: state.epoch)
    if state.stepInEpoch == 0 { trainer.network.resetState() }
    while state.stepInEpoch < stepsInEpoch {
      let start = state.stepInEpoch * batchSize
      trainer.optimizer.rate = state.rate
      trainer.step(training, order, start..<min(start + batchSize, training.rows), into: &state.totals)
      state.stepInEpoch += 1
      state.steps += 1
      guard state.totals.loss.isFinite else {
        lastFiniteWeights.restore()
        return .diverged
      }
      lastFiniteWeights.stepDone()
      guard observer.stepDone(state, stepsInEpoch: stepsInEpoch) else { return .interrupted }
    }
    return nil
  }

  /// The rows in the order in which an epoch takes them.
  private func order(ofEpoch epoch: Int) -> [Int] {
    guard options.shuffles else { return Array(0..<training.rows) }
    var random = RandomStream(seed: trainer.options.seed, stream: 0x2000_0000 + UInt64(epoch))
    return random.permutation(training.rows)
  }

  private func closeEpoch() -> History.Epoch {
    var values = values(state.totals, prefix: "")
    if let validation {
      values.merge(self.values(trainer.evaluate(validation), prefix: "val_")) { first, _ in first }
    }
    if options.reduceRate != nil { values["learning_rate"] = Double(state.rate) }
    state.epoch += 1
    state.stepInEpoch = 0
    state.totals = trainer.emptyTotals
    let epoch = History.Epoch(number: state.epoch, values: values)
    state.history.epochs.append(epoch)
    return epoch
  }

  private func values(_ totals: RunningTotals, prefix: String) -> [String: Double] {
    trainer.values(totals).reduce(into: [:]) { $0[prefix + $1.name] = $1.value }
  }

  /// Copies the weights, which are the best so far.
  private func keepBest() {
    let weights = trainer.network.store.values
    bestWeights = bestWeights ?? FloatBuffer(weights.count)
    bestWeights?.copy(weights)
  }
}

// MARK: - The best epoch

extension Fit {
  private func restoreBest() {
    guard options.takesBest || options.earlyStopping?.restoresBest == true, let bestWeights else { return }
    trainer.network.store.values.copy(bestWeights)
    hasRestored = true
  }

  /// The epoch whose weights are the last that are known to be good, from 1; 0 for those of the beginning.
  public var goodEpoch: Int { lastFiniteWeights.epoch }

  /// The quantity by which an epoch is the best.
  public var bestMonitor: String { callbacks.stopping.monitor.name }

  /// The best epoch so far, from 1; nil before there is one.
  public var bestEpoch: Int? { bestWeights == nil ? nil : state.stopping.bestEpoch }

  /// The best epoch, where its weights were put back at the end.
  public var restoredEpoch: Int? { hasRestored ? bestEpoch : nil }

  /// Whether the best epoch is the one that has just ended.
  var isAtBest: Bool { state.stepInEpoch == 0 && state.stopping.bestEpoch == state.epoch }

  /// The best epoch's weights where they are others than the network's.
  public var otherBestWeights: FloatBuffer? { hasRestored || isAtBest ? nil : bestWeights }
}
