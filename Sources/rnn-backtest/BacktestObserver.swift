// The progress of training the one model of a backtest: a bar on terminals, checkpoints, and interruption on request.

import Stage
import Training

/// Reports the progress of training.
final class BacktestObserver: FitObserver {
  private let run: StageRun
  private let epochs: Int
  private let epochDone: () throws -> Void
  private var progress: Progress?

  /// - Parameter epochDone: called after every epoch.
  init(_ run: StageRun, epochs: Int, _ epochDone: @escaping () throws -> Void) {
    (self.run, self.epochs, self.epochDone) = (run, epochs, epochDone)
  }

  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool {
    if progress == nil {
      progress = run.progress("training", total: epochs * stepsInEpoch)
      progress?.begin(at: state.steps - 1)
    }
    progress?.advance(to: state.steps)
    progress?.message(
      "epoch \(state.epoch + 1)/\(epochs)  loss \(NumberText.significant(state.totals.loss, 4))")
    return !run.interruption.isRequested
  }

  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws {
    for (name, value) in epoch.values { run.metric(name, step: epoch.number, value) }
    try epochDone()
  }

  /// Removes the bar.
  func finish() {
    progress?.finish()
    progress = nil
  }
}
