// Metrics of classes make no sense for numbers: the accuracy of a forecast would be 0, or whatever is near.

import Failures

extension Objective.Term {
  /// Throws `Failure` (usage) if a metric compares classes, but the loss compares numbers and a target is neither 0
  /// nor 1.
  public func checkMetrics(targets: some Sequence<Float>) throws {
    try loss.check(metrics: metrics)
    guard !loss.isCrossEntropy, let metric = metrics.first(where: \.comparesClasses),
      let target = targets.first(where: { $0 != 0 && $0 != 1 })
    else { return }
    throw Failure.usage(
      "\(metric.name) compares classes, but the targets are numbers, such as \(target)", at: "--metrics",
      remedy: "use mae, mse, rmse, mape or r2_score")
  }
}
