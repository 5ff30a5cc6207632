// How forecasters read covariates: statements of a graph, each for a column that the stream has.

import Failures

extension Preset {
  /// The statements by which a forecaster reads the covariates of a stream.
  struct CovariateGraph {
    private let sizes: Sizes
    /// The number of steps to predict.
    let horizon: Int
    private var covariates: Covariates { sizes.covariates }

    /// - Parameter preset: the preset's name, for messages.
    /// - Throws: `Failure` (data) if the rows are not windows of a series.
    init(_ sizes: Sizes, for preset: String) throws {
      guard let horizon = sizes.horizon, sizes.targets % horizon == 0 else {
        throw Failure.data(
          "the preset \(preset) needs windows of a series", remedy: "create them with rnn-window")
      }
      (self.sizes, self.horizon) = (sizes, horizon)
      let (steps, found) = (sizes.steps + horizon, sizes.covariates.knownSteps)
      guard sizes.covariates.known == 0 || found == steps else {
        throw Failure.data(
          "has \(counted(found, "step")), but a window and its horizon have \(steps)", at: "column known",
          remedy: "create the windows with rnn-window --known")
      }
    }

    /// The numbers to predict for one step: of each target, or of each of its quantiles.
    var widthOfStep: Int { sizes.targets / horizon * sizes.quantiles }
    /// The layer after the last numbers, in front of which is a space.
    var order: String { sizes.quantiles == 1 ? "" : " ascending(\(sizes.quantiles))" }

    /// Whether there are columns that are known over the horizon.
    var hasFuture: Bool { covariates.known > 0 }

    /// What is at hand before the network: `x`, the known values of the window, `past`, and of the horizon, `future`,
    /// the numbers and the categories that describe the series, `numbers` and `kinds`.
    var inputs: String {
      var statements = covariates.isEmpty ? "" : "x: input; "
      if hasFuture {
        statements += "past: {known} cropping1d(0:\(horizon)); future: {known} cropping1d(\(sizes.steps):0); "
      }
      return statements + Self.descriptions(sizes)
    }

    /// What describes the series: `numbers` and `kinds`.
    static func descriptions(_ sizes: Sizes) -> String {
      var statements = ""
      if sizes.covariates.statics > 0 { statements += "numbers: {static} flatten; " }
      if sizes.covariates.categories > 0 {
        let ids = sizes.vocabulary(of: "categories")
        statements += "kinds: {categories} embedding(\(ids),\(width(ids: ids))) flatten; "
      }
      return statements
    }

    /// The names of these values.
    static func descriptionNames(_ covariates: Covariates) -> [String] {
      (covariates.statics > 0 ? ["numbers"] : []) + (covariates.categories > 0 ? ["kinds"] : [])
    }

    /// The window with what was known at each of its steps, for the first layer of a statement.
    var window: String { Self.joined("x", hasFuture ? ["past"] : []) }

    /// The value `name` with what describes the series, for the next layer of a statement.
    func described(_ name: String) -> String {
      Self.joined(name, Self.descriptionNames(covariates))
    }

    /// The value `name`, which has the steps of the horizon, with what is known at them.
    func known(_ name: String) -> String { Self.joined(name, hasFuture ? ["future"] : []) }

    static func joined(_ name: String, _ others: [String]) -> String {
      others.isEmpty ? "{\(name)}" : "{\(([name] + others).joined(separator: " "))} concatenate"
    }

    /// About half as many numbers as there are ids, up to 50, as is usual for categories of series.
    private static func width(ids: Int) -> Int { min(50, ids / 2 + 1) }
  }
}
