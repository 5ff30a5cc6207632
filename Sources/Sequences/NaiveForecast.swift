// The forecasts that cost nothing, to hold a model against: the last value again, and the value one season
// earlier again. Everything in the units of the data.

import Failures
import Tensor
import TensorFile

/// Naive forecasts from the inputs of windows.
public struct NaiveForecast: Sendable {
  /// One way to forecast without a model.
  public enum Method: Sendable, Equatable {
    /// Each step is the last input.
    case last
    /// Each step is the latest input that lies whole seasons of this many steps before it.
    case seasonal(Int)

    /// `last value`, or `24 steps back`.
    public var name: String {
      switch self {
      case .last: "last value"
      case .seasonal(let steps): "\(steps) steps back"
      }
    }

    /// The name of its metrics: `naive`, `seasonal`.
    public var key: String { self == .last ? "naive" : "seasonal" }
  }

  private let facts: WindowFacts
  private let scaler: Scaler
  private let places: [Int]
  private let scales: [Int]

  /// Nil where a target is no input: then no input tells its last value. Throws `Failure(.data)` where the
  /// scaler lacks a column.
  public init?(_ facts: WindowFacts, scaler: Scaler) throws(Failure) {
    let places = facts.targets.compactMap { facts.inputs.firstIndex(of: $0) }
    guard places.count == facts.targets.count else { return nil }
    self.facts = facts
    self.scaler = scaler
    self.places = places
    scales = try scaler.indices(of: facts.targets)
  }

  /// The methods that these windows allow: the last value, and the usual season of the series' step where
  /// it is known and the window reaches that far back.
  public func methods(time: TimeFacts?) -> [Method] {
    guard let season = time?.step?.times(facts.rate).season, allows(season: season) else { return [.last] }
    return [.last, .seasonal(season)]
  }

  /// Whether the windows reach a season of `steps` steps back.
  public func allows(season steps: Int) -> Bool {
    steps > 0 && (0..<facts.horizon).allSatisfy { source(.seasonal(steps), step: $0) >= 0 }
  }

  /// Forecasts in the units of the data, `[rows, horizon * targets]` in C order, for inputs `x`
  /// [rows, length, inputs]. Throws `Failure(.data)` where `x` has another shape or is too short.
  public func forecast(_ method: Method, x: Tensor) throws(Failure) -> [Double] {
    guard x.rowShape == [facts.length, facts.inputs.count] else {
      throw Failure.data("x has the shape \(x.shape), not [rows, \(facts.length), \(facts.inputs.count)]")
    }
    if case .seasonal(let steps) = method, !allows(season: steps) {
      throw Failure.data("windows of \(facts.length) steps don't reach \(steps) steps back")
    }
    let values = x.floats
    let width = facts.inputs.count
    let sources = (0..<facts.horizon).map { source(method, step: $0) * width }
    var scaled: [Float] = []
    scaled.reserveCapacity(x.rows * facts.horizon * places.count)
    for row in 0..<x.rows {
      for source in sources {
        for place in places { scaled.append(values[row * x.rowWidth + source + place]) }
      }
    }
    return try scaler.inverse(scaled, columns: facts.targets)
  }

  /// The input that forecast step `step` repeats; negative where it lies before the window.
  private func source(_ method: Method, step: Int) -> Int {
    guard case .seasonal(let season) = method else { return facts.length - 1 }
    let distance = facts.ahead + step
    return facts.length - 1 + distance - (distance + season - 1) / season * season
  }
}

/// Mean squared and mean absolute error, gathered block by block.
public struct ForecastErrors: Sendable {
  private var squares = 0.0
  private var absolutes = 0.0
  /// How many values were compared.
  public private(set) var count = 0

  /// Nothing compared yet.
  public init() {}

  /// Compares forecasts with true values, both in the units of the data.
  public mutating func add(_ forecasts: [Double], truth: [Double]) {
    for (forecast, value) in zip(forecasts, truth) {
      squares += (forecast - value) * (forecast - value)
      absolutes += abs(forecast - value)
      count += 1
    }
  }

  /// Mean squared error; NaN where nothing was compared.
  public var mse: Double { squares / Double(count) }
  /// Mean absolute error; NaN where nothing was compared.
  public var mae: Double { absolutes / Double(count) }
}
