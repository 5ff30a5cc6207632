// What rnn-train says once it has trained: how training ended, and which epoch's weights the model has.

import JSON
import Stage
import TensorFile
import Training

/// The closing line, and the same for programs.
struct TrainingSummary {
  private let fit: Fit
  private let ending: Fit.Ending

  init(_ fit: Fit, _ ending: Fit.Ending) {
    self.fit = fit
    self.ending = ending
  }

  /// - Parameter isPiped: whether standard output carries the model.
  func tell(_ run: StageRun, isPiped: Bool) {
    guard run.wantsJSON || !text.isEmpty else { return }
    run.result(json, text, stream: isPiped || !run.wantsJSON ? .error : .output)
  }

  /// The epoch whose weights the model has.
  private var epoch: Int { fit.restoredEpoch ?? fit.state.epoch }

  private var json: JSONValue {
    var members: [String: JSONValue] = ["epochs": .integer(Int64(fit.state.epoch))]
    let values = fit.state.history.epochs.first { $0.number == epoch }?.values ?? [:]
    for (name, value) in values { members[name] = .number(value) }
    members["parameters"] = .integer(Int64(fit.trainer.network.parameters.reduce(0) { $0 + $1.count }))
    members["model_epoch"] = .integer(Int64(epoch))
    members["best_epoch"] = fit.bestEpoch.map { .integer(Int64($0)) }
    members["restored_epoch"] = fit.restoredEpoch.map { .integer(Int64($0)) }
    return .object(members)
  }

  private var text: String {
    guard let best = fit.bestEpoch else { return "" }
    let stop = ending == .stoppedEarly ? "stopped early after epoch \(fit.state.epoch); " : ""
    return "\(stop)the model has the weights of epoch \(epoch), "
      + (epoch == best
        ? "the best by \(fit.bestMonitor)"
        : "the last; those of epoch \(best), the best by \(fit.bestMonitor), are in it too "
          + "(rnn-predict --best)")
  }
}
