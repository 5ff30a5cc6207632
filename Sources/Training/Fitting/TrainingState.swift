// The state of training between steps, apart from the weights and the optimizer's state. Together they make a
// checkpoint: training resumed from it continues as if it had never stopped, bit for bit, because shuffling and
// dropout masks are functions of the seed, the epoch and the step.

/// The progress of training.
public struct TrainingState: Sendable, Equatable {
  /// The number of completed epochs.
  public var epoch = 0
  /// The number of completed steps in the current epoch.
  public var stepInEpoch = 0
  /// The total number of optimizer steps.
  public var steps = 0
  /// The current learning rate, unless a schedule sets it.
  public var rate: Float
  /// The totals of the current epoch.
  public var totals: RunningTotals
  /// The completed epochs.
  public var history = History()
  /// The state of early stopping, which includes the best epoch even without early stopping.
  public var earlyStopping = EarlyStoppingState()
  /// The state of reducing the learning rate.
  public var reduceOnPlateau = ReduceOnPlateauState()
  /// The state of saving the best model.
  public var saveBest = SaveBestState()
  /// Whether early stopping has ended training.
  public var isFinished = false

  init(rate: Float, totals: RunningTotals) {
    self.rate = rate
    self.totals = totals
  }
}
