// Training by epochs: shuffling, steps and validation; keeps the best weights and the last with a finite loss.

import Failures
import Kernels
import Networks
import RandomNumbers

/// How long to train, and the callbacks.
public struct FitOptions: Sendable {
  /// The total number of epochs, including those before resuming.
  public var epochs: Int
  /// Whether the rows are shuffled every epoch, depending on the seed and the epoch's number.
  public var shuffles = true
  /// Whether the rows of a batch have about the same length, as far as they are token ids.
  public var groupsByLength = false
  /// Whether each row continues the one before: in every epoch, the rows are then divided into as many parallel streams
  /// as a batch has rows, and not shuffled, so that stateful layers carry their states along.
  public var isContinuous = false
  /// When to stop before the last epoch; nil for no early stopping.
  public var earlyStopping: EarlyStopping?
  /// Whether the best epoch's weights are restored at the end, even without early stopping.
  public var restoresBest = false
  /// When to reduce the learning rate; nil for never.
  public var reduceOnPlateau: ReduceOnPlateau?
  /// How to save the model after each epoch that is the best so far; nil not to save it.
  public var saveBest: SaveBest?
  /// How to save the model after every so many epochs; nil not to save it.
  public var saveEvery: SaveEvery?

  /// This many epochs, with shuffling and without callbacks.
  public init(epochs: Int) { self.epochs = epochs }
}

/// Observes the progress of training; all functions are called on the training thread.
public protocol FitObserver {
  /// Called after each step; returns false to interrupt training.
  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool
  /// Called after each epoch, including its validation.
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws
}

/// The training of a network on a data set.
public final class Fit {
  /// How training ended.
  public enum Outcome: Sendable, Equatable {
    /// All epochs are completed.
    case completed
    /// Early stopping ended training.
    case stoppedEarly
    /// The observer interrupted training; the state can be saved and resumed.
    case interrupted
    /// The loss or the weights became NaN or infinite; the weights of `lastFiniteEpoch` have been restored.
    case diverged
    /// Another process is lost, with this number; the state before the step that can't be completed can be saved and
    /// resumed, by any number of processes.
    case lost(process: Int)
  }

  /// The trainer, which takes the steps.
  public let trainer: Trainer
  /// How long to train, and the callbacks.
  public let options: FitOptions
  /// The progress of training.
  public internal(set) var state: TrainingState
  private let training: RowSet
  private let validation: RowSet?
  private let callbacks: CallbackSet
  /// The weights of the best epoch, in the network's layout; nil before there is one.
  var bestWeights: FloatBuffer?
  private let lastFiniteWeights: LastFiniteWeights
  /// The order of the rows by length; nil if it doesn't matter.
  private let lengths: LengthOrder?
  /// Whether the best weights have been restored.
  private var hasRestored = false

  /// Trains on rows in memory; otherwise like the other initializer.
  public convenience init(
    _ trainer: Trainer, _ options: FitOptions, training: DataSet, validation: DataSet?
  ) throws {
    try self.init(
      trainer, options, training: RowSet(training), validation: validation.map { RowSet($0) })
  }

  /// Throws `Failure` (usage) if a callback monitors an unknown quantity, a stateful network's rows are shuffled, or
  /// rows of numbers are to be grouped by length.
  public init(
    _ trainer: Trainer, _ options: FitOptions, training: RowSet, validation: RowSet?
  ) throws {
    guard !(options.shuffles && trainer.network.architecture.isStateful) else {
      throw Failure.usage(
        "the rows of a stateful layer must keep their order, but would be shuffled",
        remedy: "add --no-shuffle")
    }
    self.trainer = trainer
    self.options = options
    self.training = training
    self.validation = validation
    lengths = try Self.lengthOrder(trainer, options, training)
    guard lengths != nil || !options.groupsByLength else {
      throw Failure.usage(
        "only rows of token ids are grouped by length", at: "--group-by-length", remedy: "omit it")
    }
    callbacks = try CallbackSet(options, trainer, validates: validation != nil)
    state = TrainingState(rate: trainer.optimizer.rate, totals: trainer.emptyTotals)
    lastFiniteWeights = LastFiniteWeights(trainer.network.store.values, validates: validation != nil)
  }

  /// The number of steps in an epoch.
  public var stepsInEpoch: Int { (training.rows + batchSize - 1) / batchSize }
  private var batchSize: Int { trainer.options.batchSize }
  private var group: ShardGroup { trainer.network.group }

  /// Trains, continuing from `state`.
  public func run(_ observer: some FitObserver) throws -> Outcome {
    lastFiniteWeights.begin(epoch: state.epoch)
    while state.epoch < options.epochs && !state.isFinished {
      if let outcome = try runEpoch(observer) { return outcome }
      guard let epoch = try finishEpoch() else { return .lost(process: group.loss?.rank ?? 0) }
      lastFiniteWeights.epochDone(epoch.number, isFinite: epoch.values["val_loss"]?.isFinite ?? true)
      if callbacks.epochDone(epoch, &state) { keepBest() }
      try observer.epochDone(epoch, state)
    }
    restoreBest()
    return state.isFinished ? .stoppedEarly : .completed
  }

  /// Runs the rest of an epoch; returns the outcome if training ended.
  private func runEpoch(_ observer: some FitObserver) throws -> Outcome? {
    let order = order(ofEpoch: state.epoch)
    if state.stepInEpoch == 0 { trainer.network.resetState() }
    while state.stepInEpoch < stepsInEpoch {
      let start = state.stepInEpoch * batchSize
      trainer.optimizer.rate = state.rate
      let before = group.isAlone ? nil : state.totals
      try trainer.step(training, order, start..<min(start + batchSize, training.rows), into: &state.totals)
      if let loss = group.loss {
        state.totals = before ?? state.totals
        return .lost(process: loss.rank)
      }
      state.stepInEpoch += 1
      state.steps += 1
      guard state.totals.loss.isFinite else {
        lastFiniteWeights.restore()
        return .diverged
      }
      lastFiniteWeights.stepDone()
      guard group.all(observer.stepDone(state, stepsInEpoch: stepsInEpoch)) else {
        return group.loss.map { .lost(process: $0.rank) } ?? .interrupted
      }
    }
    return diverged()
  }

  /// The last step of an epoch may have damaged the weights, which no loss shows before the next one.
  private func diverged() -> Outcome? {
    guard !trainer.network.store.values.areAllFinite else { return nil }
    lastFiniteWeights.restore()
    return .diverged
  }

  /// The order of the rows in an epoch.
  private func order(ofEpoch epoch: Int) -> [Int] {
    if options.isContinuous { return RowStreams(rows: training.rows, count: batchSize).order }
    guard options.shuffles else { return Array(0..<training.rows) }
    var random = RandomStream(seed: trainer.options.seed, stream: 0x2000_0000 + UInt64(epoch))
    let order = random.permutation(training.rows)
    return lengths?.arrange(order, &random) ?? order
  }

  /// Rows are ordered within their batches where that saves much: in networks of the words' characters.
  private static func lengthOrder(
    _ trainer: Trainer, _ options: FitOptions, _ rows: RowSet
  ) throws -> LengthOrder? {
    let architecture = trainer.network.architecture
    guard options.groupsByLength || architecture.sortsRows else { return nil }
    return try LengthOrder(
      rows, architecture.inputs, options.groupsByLength ? .acrossBatches : .withinBatches,
      batchSize: trainer.options.batchSize)
  }

  /// Validates; nil if a process is lost.
  private func finishEpoch() throws -> History.Epoch? {
    var values = values(state.totals, prefix: "")
    if let validation {
      let totals = try trainer.evaluate(validation, isContinuous: options.isContinuous)
      guard group.loss == nil else { return nil }
      values.merge(self.values(totals, prefix: "val_")) { first, _ in first }
    }
    if options.reduceOnPlateau != nil { values["learning_rate"] = Double(state.rate) }
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
    guard options.restoresBest || options.earlyStopping?.restoresBest == true, let bestWeights else { return }
    trainer.network.store.values.copy(bestWeights)
    hasRestored = true
  }

  /// The last epoch whose weights are known to give a finite loss, from 1; 0 for the initial weights.
  public var lastFiniteEpoch: Int { lastFiniteWeights.epoch }

  /// The quantity that determines the best epoch.
  public var bestMonitor: String { callbacks.earlyStopping.monitor.name }

  /// The best epoch so far, from 1; nil if there is none yet.
  public var bestEpoch: Int? { bestWeights == nil ? nil : state.earlyStopping.bestEpoch }

  /// The best epoch, if its weights have been restored at the end.
  public var restoredEpoch: Int? { hasRestored ? bestEpoch : nil }

  /// Whether the epoch that has just ended is the best.
  var isAtBest: Bool { state.stepInEpoch == 0 && state.earlyStopping.bestEpoch == state.epoch }

  /// The best epoch's weights if they differ from the network's.
  public var separateBestWeights: FloatBuffer? { hasRestored || isAtBest ? nil : bestWeights }
}
