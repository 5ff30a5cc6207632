// Naive forecasts as baselines for a model: the last value, and the value one season earlier. All values are
// in the units of the data.

import Failures
import Tensor
import TensorFile

/// Naive forecasts from the inputs of windows.
public struct NaiveForecast: Sendable {
  /// A way to forecast without a model.
  public enum Method: Sendable, Equatable {
    /// Each step is the last input.
    case last
    /// Each step is the latest input that is a whole number of seasons (of this many steps) earlier.
    case seasonal(Int)

    /// `last value`, or `24 steps back`.
    public var name: String {
      switch self {
      case .last: "last value"
      case .seasonal(let steps): "\(counted(steps, "step")) back"
      }
    }

    /// The prefix of its metrics: `naive`, `seasonal`.
    public var key: String { self == .last ? "naive" : "seasonal" }
  }

  private let layout: WindowLayout
  private let scaler: Scaler
  private let units: WindowUnits
  private let targetInputs: [Int]
  private let scales: [Int]

  /// Nil if a target is not an input, so that its last value is unknown, or if nothing is forecast. Throws `Failure(.data)` if the
  /// scaler lacks a column.
  /// - Parameter transform: what was done before scaling.
  public init?(_ layout: WindowLayout, scaler: Scaler, transform: TargetTransform = .none) throws(Failure) {
    let targetInputs = layout.targets.compactMap { layout.inputs.firstIndex(of: $0) }
    guard targetInputs.count == layout.targets.count, !layout.isReconstruction else { return nil }
    self.layout = layout
    self.scaler = scaler
    units = WindowUnits(layout, scaler: scaler, transform: transform)
    self.targetInputs = targetInputs
    scales = try scaler.indices(of: layout.targets)
  }

  /// The methods that work for these windows: the last value, and the usual season of the series' step if it
  /// is known and the windows are long enough.
  public func methods(time: TimeColumn?) -> [Method] {
    guard let season = time?.step?.times(layout.rate).season, allows(season: season) else { return [.last] }
    return [.last, .seasonal(season)]
  }

  /// Whether the windows are long enough for a season of `steps` steps.
  public func allows(season steps: Int) -> Bool {
    steps > 0 && (0..<layout.horizon).allSatisfy { source(.seasonal(steps), step: $0) >= 0 }
  }

  /// Forecasts in the units of the data, `[rows, horizon * targets]` in C order, for a chunk of windows. Throws
  /// `Failure(.data)` if they have another shape, are too short, or lack what they were scaled by.
  public func forecast(_ method: Method, of chunk: Chunk) throws -> [Double] {
    guard units.changesValues else {
      return try forecast(method, x: chunk.columns["x"]?.tensor ?? Tensor([Float]()))
    }
    try check(method)
    guard let history = try units.history(of: chunk) else { return [] }
    let width = targetInputs.count
    let sources = (0..<layout.horizon).map { source(method, step: $0) }
    return (0..<chunk.rows).flatMap { row in
      sources.flatMap { step in
        (0..<width).map { history[(row * layout.length + step) * width + $0] }
      }
    }
  }

  private func check(_ method: Method) throws(Failure) {
    if case .seasonal(let steps) = method, !allows(season: steps) {
      throw Failure.data(
        "windows of \(counted(layout.length, "step")) are too short for a season of \(counted(steps, "step"))"
      )
    }
  }

  /// Forecasts in the units of the data, `[rows, horizon * targets]` in C order, for inputs `x`
  /// [rows, length, inputs]. Throws `Failure(.data)` if `x` has another shape or is too short.
  public func forecast(_ method: Method, x: Tensor) throws(Failure) -> [Double] {
    guard x.rowShape == [layout.length, layout.inputs.count] else {
      throw Failure.data(
        "x has the shape \(x.shape) instead of [rows, \(layout.length), \(layout.inputs.count)]")
    }
    try check(method)
    let values = x.doubles
    let width = layout.inputs.count
    let sources = (0..<layout.horizon).map { source(method, step: $0) * width }
    var scaled: [Double] = []
    scaled.reserveCapacity(x.rows * layout.horizon * targetInputs.count)
    for row in 0..<x.rows {
      for source in sources {
        for input in targetInputs { scaled.append(values[row * x.rowWidth + source + input]) }
      }
    }
    return try scaler.inverse(scaled, columns: layout.targets)
  }

  /// The index of the input that forecast step `step` repeats; negative if it is before the window.
  private func source(_ method: Method, step: Int) -> Int {
    guard case .seasonal(let season) = method else { return layout.length - 1 }
    let distance = layout.ahead + step
    return layout.length - 1 + distance - (distance + season - 1) / season * season
  }
}
