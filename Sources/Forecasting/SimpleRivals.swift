// The benchmark methods of R. J. Hyndman and G. Athanasopoulos, "Forecasting: Principles and Practice", 3rd edition,
// sections 5.2 and 5.5 (table 5.2), with the residuals' variance as statsforecast computes it.
//
// T is the number of values y_1 ... y_T, h the step ahead, m the season, s the residuals' standard deviation.

/// y_T, with the deviation s * sqrt(h), where s^2 is the sum of (y_t - y_{t-1})^2 over T - 1.
func naiveForecast(_ y: ArraySlice<Double>, horizon: Int) -> SeriesForecast? {
  guard let last = y.last else { return nil }
  let sigma = deviation(ofDifferences: y, lag: 1, count: y.count - 1)
  return SeriesForecast(
    values: Array(repeating: last, count: horizon),
    deviations: (1...max(1, horizon)).prefix(horizon).map { sigma * Double($0).squareRoot() })
}

/// y_{T + h - m k}, where k = floor((h - 1) / m) + 1, with the deviation s * sqrt(k), where s^2 is the sum of
/// (y_t - y_{t-m})^2 over T - m.
func seasonalNaiveForecast(_ y: ArraySlice<Double>, season: Int, horizon: Int) -> SeriesForecast? {
  guard season > 0, y.count >= season else { return nil }
  let sigma = deviation(ofDifferences: y, lag: season, count: y.count - season)
  let steps = 0..<horizon
  return SeriesForecast(
    values: steps.map { y[y.endIndex - season + $0 % season] },
    deviations: steps.map { sigma * Double($0 / season + 1).squareRoot() })
}

/// y_T + h * b with the slope b = (y_T - y_1) / (T - 1), and the deviation s * sqrt(h * (1 + h / (T - 1))), where s^2 is
/// the sum of (y_t - y_{t-1} - b)^2 over T - 1.
func driftForecast(_ y: ArraySlice<Double>, horizon: Int, needsDeviations: Bool) -> SeriesForecast? {
  guard y.count >= 2, let first = y.first, let last = y.last else { return nil }
  let steps = Double(y.count - 1)
  let slope = (last - first) / steps
  var squares = 0.0
  if needsDeviations {
    for index in y.indices.dropFirst() {
      let error = y[index] - y[index - 1] - slope
      squares += error * error
    }
  }
  let sigma = (squares / steps).squareRoot()
  let ahead = (0..<horizon).map { Double($0 + 1) }
  return SeriesForecast(
    values: ahead.map { last + slope * $0 },
    deviations: ahead.map { sigma * ($0 * (1 + $0 / steps)).squareRoot() })
}

/// The mean of y_1 ... y_T, with the deviation s * sqrt(1 + 1 / T), where s^2 is the sum of the squared deviations over
/// T - 1.
func meanForecast(
  _ y: ArraySlice<Double>, sum: Double?, horizon: Int, needsDeviations: Bool
) -> SeriesForecast? {
  guard !y.isEmpty else { return nil }
  let count = Double(y.count)
  let mean = (sum ?? y.reduce(0, +)) / count
  let squares = needsDeviations ? y.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } : 0
  let sigma = y.count > 1 ? (squares / (count - 1)).squareRoot() : 0
  return SeriesForecast(
    values: Array(repeating: mean, count: horizon),
    deviations: Array(repeating: sigma * (1 + 1 / count).squareRoot(), count: horizon))
}

/// The square root of the sum of (y_t - y_{t-lag})^2 over `count`; 0 if there are no differences.
private func deviation(ofDifferences y: ArraySlice<Double>, lag: Int, count: Int) -> Double {
  guard count > 0 else { return 0 }
  let squares = zip(y.dropFirst(lag), y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  return (squares / Double(count)).squareRoot()
}
