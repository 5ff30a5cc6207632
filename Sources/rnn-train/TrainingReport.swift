// Progress during training: a bar on terminals, a line per epoch, and metrics in the registry.

import Stage
import Training

/// Reports progress to the user and the registry; interrupts training on request.
final class TrainingReport: FitObserver {
  private let run: StageRun
  private let epochs: Int
  private let epochDone: (History.Epoch) throws -> Void
  private var progress: Progress?
  private var epochStarted = monotonicSeconds()

  /// - Parameter epochDone: called after every epoch.
  init(_ run: StageRun, epochs: Int, _ epochDone: @escaping (History.Epoch) throws -> Void) {
    self.run = run
    self.epochs = epochs
    self.epochDone = epochDone
  }

  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool {
    let bar = progress ?? begin(state, total: epochs * stepsInEpoch)
    bar.advance(to: state.steps)
    bar.message("epoch \(state.epoch + 1)/\(epochs)  loss \(Self.short(state.totals.loss))")
    return !run.interruption.isRequested
  }

  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws {
    progress?.clear()
    for (name, value) in epoch.values { run.metric(name, step: epoch.number, value) }
    run.note("epoch \(epoch.number)/\(epochs)  \(Self.line(epoch))  \(elapsed())")
    try epochDone(epoch)
  }

  private func begin(_ state: TrainingState, total: Int) -> Progress {
    let bar = run.progress("training", total: total)
    bar.begin(at: state.steps - 1)
    progress = bar
    return bar
  }

  /// Removes the bar.
  func finish() {
    progress?.finish()
    progress = nil
  }

  /// The values of an epoch: first those of training, then those of validation.
  private static func line(_ epoch: History.Epoch) -> String {
    let names = epoch.values.keys.sorted { (rank($0), $0) < (rank($1), $1) }
    return names.map { "\($0) \(short(epoch.values[$0] ?? .nan))" }.joined(separator: "  ")
  }

  private static func rank(_ name: String) -> Int {
    if name == "learning_rate" { return 6 }
    let isLoss = ["loss", "val_loss"].contains(name)
    return (name.hasPrefix("val_") ? 3 : 0) + (isLoss ? 0 : name.hasSuffix("_loss") ? 1 : 2)
  }

  /// Four significant digits.
  private static func short(_ value: Double) -> String { NumberText.significant(value, 4) }

  private func elapsed() -> String {
    let now = monotonicSeconds()
    defer { epochStarted = now }
    return "\(NumberText.significant(now - epochStarted, 3)) s"
  }
}
