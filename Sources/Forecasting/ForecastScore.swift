// The sums from which the measures of forecasts are computed, value by value, so that any number of forecasts needs
// constant memory, and sums of parts add up to that of the whole.

/// The scores of one forecaster on one series.
public struct ForecastScore: Sendable, Equatable {
  /// The number of forecast values that were compared with the truth.
  public private(set) var count = 0
  /// The number of true values that are zero, which have no percentage.
  public private(set) var zeros = 0
  private var absolutes = 0.0
  private var squares = 0.0
  private var fractions = 0.0
  private var symmetricFractions = 0.0
  private var truths = 0.0
  /// The sums of the quantiles' losses; nil without quantiles.
  private var quantileLosses: Double?
  private var quantileValues = 0
  /// By level: how many values lie in the interval, and of how many.
  private var inside: [Double: (hits: Int, of: Int)] = [:]

  /// No values yet.
  public init() {}

  /// Compares a forecast with the truth; a true value that is missing (NaN) doesn't count.
  public mutating func add(_ forecast: Double, actual: Double) {
    guard !actual.isNaN else { return }
    let error = abs(forecast - actual)
    count += 1
    absolutes += error
    squares += error * error
    truths += abs(actual)
    if actual == 0 { zeros += 1 } else { fractions += error / abs(actual) }
    let sum = abs(forecast) + abs(actual)
    if sum != 0 { symmetricFractions += error / sum }
  }

  /// Compares a forecast of the quantile `q` with the truth.
  public mutating func add(quantile q: Double, _ forecast: Double, actual: Double) {
    guard !actual.isNaN else { return }
    let difference = actual - forecast
    quantileLosses = (quantileLosses ?? 0) + max(q * difference, (q - 1) * difference)
    quantileValues += 1
  }

  /// Notes whether the truth lies in an interval, limits included.
  /// - Parameter level: the interval's level in percent.
  public mutating func add(level: Double, _ low: Double, _ high: Double, actual: Double) {
    guard !actual.isNaN else { return }
    let known = inside[level] ?? (0, 0)
    inside[level] = (known.hits + (low <= actual && actual <= high ? 1 : 0), known.of + 1)
  }

  /// Adds the sums of other values.
  public static func += (sum: inout ForecastScore, other: ForecastScore) {
    sum.count += other.count
    sum.zeros += other.zeros
    sum.absolutes += other.absolutes
    sum.squares += other.squares
    sum.fractions += other.fractions
    sum.symmetricFractions += other.symmetricFractions
    sum.truths += other.truths
    if let losses = other.quantileLosses { sum.quantileLosses = (sum.quantileLosses ?? 0) + losses }
    sum.quantileValues += other.quantileValues
    sum.inside.merge(other.inside) { ($0.hits + $1.hits, $0.of + $1.of) }
  }

  /// Whether both have the same sums.
  public static func == (a: ForecastScore, b: ForecastScore) -> Bool {
    (a.count, a.zeros, a.absolutes, a.squares, a.fractions) == (
      b.count, b.zeros, b.absolutes, b.squares, b.fractions
    )
      && (a.symmetricFractions, a.truths, a.quantileValues) == (
        b.symmetricFractions, b.truths, b.quantileValues
      )
      && a.quantileLosses == b.quantileLosses && a.inside.mapValues(\.hits) == b.inside.mapValues(\.hits)
  }

  // MARK: Measures

  /// Whether quantiles were compared.
  public var hasQuantiles: Bool { quantileLosses != nil }
  /// The levels of the intervals that were compared, ascending.
  public var levels: [Double] { inside.keys.sorted() }

  /// The fraction of the true values in their intervals of `level` percent; NaN if there are none.
  public func coverage(_ level: Double) -> Double {
    inside[level].map { Double($0.hits) / Double($0.of) } ?? .nan
  }

  /// A measure; NaN if it is undefined: there are no values, or the scale is undefined.
  /// - Parameter scale: what scaled errors are divided by.
  public func value(_ metric: ForecastMetric, _ scale: ErrorScale) -> Double {
    let values = Double(count)
    switch metric {
    case .mae: return absolutes / values
    case .rmse: return (squares / values).squareRoot()
    case .mape: return fractions / Double(count - zeros)
    case .smape: return symmetricFractions / values
    case .mase: return absolutes / values / scale.absolute
    case .rmsse: return (squares / values / scale.square).squareRoot()
    case .scaledQuantileLoss: return quantileLoss / scale.absolute
    case .crps: return 2 * quantileLoss
    case .scaledCRPS: return 2 * quantileLoss * values / (truths + Double.ulpOfOne)
    }
  }

  private var quantileLoss: Double { (quantileLosses ?? .nan) / Double(quantileValues) }
}
