// The measures of forecasts, with the names and the formulas of utilsforecast (utilsforecast/losses.py): y is the truth, f
// the forecast, m the season, f_q the forecast of the quantile q, and means are over all forecast values of a series.

/// A measure of the quality of forecasts.
public enum ForecastMetric: String, Sendable, CaseIterable {
  case mae, rmse, mape, smape, mase, rmsse
  case scaledQuantileLoss = "scaled_quantile_loss"
  case crps
  case scaledCRPS = "scaled_crps"

  /// Those of forecasts that are single values.
  public static let ofValues: [ForecastMetric] = [.mae, .rmse, .mape, .smape, .mase, .rmsse]
  /// Those of quantiles.
  public static let ofQuantiles: [ForecastMetric] = [.scaledQuantileLoss, .crps, .scaledCRPS]

  /// The key in results.
  public var key: String { rawValue }

  /// The formula.
  public var formula: String {
    switch self {
    case .mae: "mean |y - f|"
    case .rmse: "sqrt(mean (y - f)^2)"
    case .mape: "mean |y - f| / |y|, without y = 0"
    case .smape: "mean |y - f| / (|y| + |f|)"
    case .mase: "mean |y - f| / mean |y_t - y_(t-m)| of the training rows"
    case .rmsse: "sqrt(mean (y - f)^2 / mean (y_t - y_(t-m))^2 of the training rows)"
    case .scaledQuantileLoss:
      "mean over q and y of max(q (y - f_q), (q - 1) (y - f_q)) / mean |y_t - y_(t-m)| of the training rows"
    case .crps: "2 mean over q and y of max(q (y - f_q), (q - 1) (y - f_q))"
    case .scaledCRPS: "crps / mean |y|"
    }
  }

  /// Whether it is divided by the errors of the seasonal naive forecast.
  public var isScaled: Bool { self == .mase || self == .rmsse || self == .scaledQuantileLoss }
}
