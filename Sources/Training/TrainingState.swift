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
  /// The learning rate in force.
  public var rate: Float
  /// The running epoch's sums.
  public var tally: Tally
  /// The epochs done.
  public var history = History()
  /// Early stopping's and the rate reduction's memory.
  var stopping: Watch
  var reducing: Watch
  /// Whether early stopping has ended training.
  public var isFinished = false

  init(rate: Float, metrics: Int, stopping: EarlyStopping?, reducing: ReduceRate?) {
    self.rate = rate
    tally = Tally(metrics: metrics)
    self.stopping = Watch(best: MonitorMode(monitor: stopping?.monitor ?? "val_loss").worst)
    self.reducing = Watch(best: MonitorMode(monitor: reducing?.monitor ?? "val_loss").worst)
  }
}
