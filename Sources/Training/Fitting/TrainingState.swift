// Everything that training carries from one step to the next besides weights and the optimizer's averages.
// With those it makes a checkpoint: training resumed from it goes on as if it had never stopped, bit for bit,
// since shuffles and dropout masks are functions of the seed, the epoch and the step.

/// Where training stands.
public struct TrainingState: Sendable, Equatable {
  /// Whole epochs done.
  public var epoch = 0
  /// Steps done of the epoch that runs.
  public var stepInEpoch = 0
  /// Optimizer steps done in all.
  public var steps = 0
  /// The learning rate in force, where no schedule sets it.
  public var rate: Float
  /// The running epoch's sums.
  public var totals: RunningTotals
  /// The epochs done.
  public var history = History()
  /// What early stopping remembers; the best epoch's number even where nothing stops early.
  public var stopping = EarlyStoppingState()
  /// What the rate's reduction remembers.
  public var reducing = RateReductionState()
  /// What saving the best remembers.
  public var saving = BestModelState()
  /// Whether early stopping has ended training.
  public var isFinished = false

  init(rate: Float, totals: RunningTotals) {
    self.rate = rate
    self.totals = totals
  }
}
