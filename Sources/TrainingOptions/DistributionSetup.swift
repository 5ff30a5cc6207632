// Windows as sequences for networks that predict distributions: what the windows must be, so that forecasts can be fed back
// as inputs, and that counts stay counts.

import Failures
import Networks
import Sequences
import TensorFile
import Training

extension TrainingSetup {
  /// How windows become sequences; throws `Failure` (data) if the rows are no such windows.
  func sequences(
    of distribution: ForecastDistribution, _ header: StreamHeader, _ rows: TrainingRows
  ) throws -> UnrolledWindows {
    guard let window = try WindowLayout(header: header), !window.isReconstruction,
      let number = rows.binding.inputs.firstIndex(of: "x"),
      rows.inputs[number] == .sequence(steps: window.length, width: window.inputs.count)
    else {
      throw Failure.data(
        "distributions are predicted for windows of a series", remedy: "create them with rnn-window")
    }
    try checkFeedback(window)
    var factors = UnrolledWindows.Factors.common(window.targets.map { _ in 1 })
    if distribution.isOfCounts {
      try checkCounts(header)
      factors = try self.factors(header, window)
    }
    return UnrolledWindows(
      steps: window.length, width: window.inputs.count, horizon: window.horizon, distribution, factors)
  }

  /// Forecasts are inputs of the next step.
  private func checkFeedback(_ window: WindowLayout) throws {
    let unknown = window.inputs.filter { !window.targets.contains($0) }
    let targets = window.targets.joined(separator: ",")
    guard unknown.isEmpty else {
      throw Failure.data(
        "forecasts are fed back step by step, but the future of the \(unknown.count == 1 ? "input" : "inputs") "
          + "\(unknown.joined(separator: ", ")) is unknown",
        remedy: "use rnn-window --columns \(targets), and --known for columns that are known over the horizon"
      )
    }
    guard window.inputs == window.targets else {
      throw Failure.data(
        "the targets must be the inputs, in the same order", remedy: "use rnn-window --columns \(targets)")
    }
    guard window.ahead == 1 else {
      throw Failure.data(
        "forecasts are fed back step by step, but the first is \(window.ahead) steps ahead",
        remedy: "use rnn-window without --ahead")
    }
  }

  private func checkCounts(_ header: StreamHeader) throws {
    let transform = try TargetTransform(header: header)
    let scale = try Scaler(header: header)?.kind ?? .none
    let change =
      fitting.relative
      ? "--relative"
      : !transform.isIdentity
        ? "--transform" : [.none, .mean].contains(scale) ? nil : "--scale \(scale.rawValue)"
    guard let change else { return }
    throw Failure.usage(
      "negative_binomial is for counts, which they no longer are with \(change)", at: "--distribution",
      remedy: change == "--relative" ? "omit it" : "use rnn-window --scale mean, without a transformation")
  }

  /// What the columns were multiplied by.
  private func factors(_ header: StreamHeader, _ window: WindowLayout) throws -> UnrolledWindows.Factors {
    guard let scaler = try Scaler(header: header), scaler.kind != .none else {
      return .common(window.targets.map { _ in 1 })
    }
    guard scaler.scope == .all else { return .ofRows }
    return .common(try scaler.indices(of: window.targets).map { scaler.factor[$0] })
  }
}
