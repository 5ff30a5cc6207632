// The final message after training: how training ended, and which epoch's weights the model has.

import JSON

/// The final message, as text and as JSON.
public struct FitSummary {
  private let fit: Fit
  private let outcome: Fit.Outcome

  /// - Parameter outcome: how training ended.
  public init(_ fit: Fit, _ outcome: Fit.Outcome) {
    self.fit = fit
    self.outcome = outcome
  }

  /// The epoch whose weights the model has.
  private var epoch: Int { fit.restoredEpoch ?? fit.state.epoch }

  /// The values of the model's epoch, and the numbers of epochs.
  public var json: JSONValue {
    var members: [String: JSONValue] = ["epochs": .integer(Int64(fit.state.epoch))]
    let values = fit.state.history.epochs.first { $0.number == epoch }?.values ?? [:]
    for (name, value) in values { members[name] = .number(value) }
    members["parameters"] = .integer(Int64(fit.trainer.network.parameters.reduce(0) { $0 + $1.count }))
    members["model_epoch"] = .integer(Int64(epoch))
    members["best_epoch"] = fit.bestEpoch.map { .integer(Int64($0)) }
    members["restored_epoch"] = fit.restoredEpoch.map { .integer(Int64($0)) }
    return .object(members)
  }

  /// One line; empty if there is no best epoch.
  public var text: String {
    guard let best = fit.bestEpoch else { return "" }
    let stop = outcome == .stoppedEarly ? "stopped early after epoch \(fit.state.epoch); " : ""
    return "\(stop)the model has the weights of epoch \(epoch), "
      + (epoch == best
        ? "the best by \(fit.bestMonitor)"
        : "the last; it also contains those of epoch \(best), the best by \(fit.bestMonitor) "
          + "(rnn-predict --best)")
  }
}
