// What scaled errors are divided by: the errors of the seasonal naive forecast one season ahead, on the rows that the
// model was trained on (Hyndman and Koehler 2006, "Another look at measures of forecast accuracy").

/// The errors of the seasonal naive forecast on the training rows of a series.
public struct ErrorScale: Sendable, Equatable {
  /// The mean of |y_t - y_{t-m}|; NaN if it is undefined.
  public let absolute: Double
  /// The mean of (y_t - y_{t-m})^2; NaN if it is undefined.
  public let square: Double

  /// - Parameters:
  ///   - history: the values of the training rows, in order; missing ones (NaN) don't count.
  ///   - season: the number of steps m in a season; 1 if there is none.
  public init(_ history: [Double], season: Int) {
    var (absolutes, squares, count) = (0.0, 0.0, 0)
    for (value, earlier) in zip(history.dropFirst(max(1, season)), history) {
      let difference = value - earlier
      guard !difference.isNaN else { continue }
      absolutes += abs(difference)
      squares += difference * difference
      count += 1
    }
    let isDefined = count > 0 && squares > 0
    absolute = isDefined ? absolutes / Double(count) : .nan
    square = isDefined ? squares / Double(count) : .nan
  }

  /// Whether scaled errors are undefined: the training rows repeat themselves exactly from season to season, as those
  /// of a constant series do, or are fewer than a season and one.
  public var isUndefined: Bool { absolute.isNaN }
}
