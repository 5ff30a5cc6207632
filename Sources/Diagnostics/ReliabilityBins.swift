// How far predicted probabilities are from frequencies: the bins of a reliability diagram, the expected calibration error
// (Naeini et al. 2015, Guo et al. 2017) and the Brier score.

/// Predicted probabilities of an event, in bins of equal width.
public struct ReliabilityBins: Sendable, Equatable {
  /// One bin that isn't empty.
  public struct Bin: Sendable, Equatable {
    /// The number of predictions.
    public let count: Int
    /// The mean predicted probability.
    public let predicted: Double
    /// The fraction of the predictions after which the event happened.
    public let observed: Double
  }

  private var counts: [Int]
  private var sums: [Double]
  private var events: [Int]
  private var squares = 0.0

  /// `count` bins of equal width from 0 to 1, at least one.
  public init(count: Int) {
    counts = [Int](repeating: 0, count: max(1, count))
    events = counts
    sums = counts.map { _ in 0 }
  }

  /// Counts a prediction, from 0 to 1. A probability on the border of two bins belongs to the upper one, as in NumPy's
  /// histogram.
  public mutating func add(_ probability: Double, happened: Bool) {
    let place = (min(max(probability, 0), 1) * Double(counts.count)).rounded(.down)
    let bin = min(counts.count - 1, place.isFinite ? Int(place) : 0)
    counts[bin] += 1
    sums[bin] += probability
    if happened { events[bin] += 1 }
    let difference = probability - (happened ? 1 : 0)
    squares += difference * difference
  }

  /// The number of predictions.
  public var count: Int { counts.reduce(0, +) }
  /// The bins that aren't empty, in ascending order.
  public var bins: [Bin] {
    counts.indices.filter { counts[$0] > 0 }.map {
      Bin(
        count: counts[$0], predicted: sums[$0] / Double(counts[$0]),
        observed: Double(events[$0]) / Double(counts[$0]))
    }
  }

  /// How many predictions each bin has, with the empty ones.
  public var histogram: [Int] { counts }

  /// The mean distance of predicted and observed frequency, weighted by the bins' predictions; NaN without any.
  public var expectedCalibrationError: Double {
    bins.reduce(0) { $0 + Double($1.count) * abs($1.observed - $1.predicted) } / Double(count)
  }

  /// The mean squared difference of predicted probabilities from 1 or 0; NaN without any.
  public var brierScore: Double { squares / Double(count) }
}
