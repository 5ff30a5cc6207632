// Residuals of a forecast or a regression: what is left to learn shows as a pattern in time, in the autocorrelation, or as
// a distribution that is not normal (as forecast::checkresiduals and plot.lm of R).

/// The residuals of one target.
public struct ResidualPicture: Sendable {
  /// The target's name; empty if it has none.
  public var target: String
  /// Times in seconds since 1970, or sample numbers.
  public var x: [Double]
  /// Whether `x` holds times.
  public var hasTimes: Bool
  /// Whether the samples have an order.
  public var isSeries: Bool
  /// Actual minus predicted value of each sample; NaN where one is missing.
  public var residuals: [Double]
  /// The predictions.
  public var predicted: [Double]
  /// The autocorrelation at lags 1, 2, ... and the limit that white noise rarely exceeds; nil if it is undefined.
  public var autocorrelation: (values: [Double], limit: Double)?
  /// The statistic of the Ljung-Box test, its lags and the probability of as large a one for white noise.
  public var ljungBox: (lags: Int, statistic: Double, probability: Double)?
  /// How many residuals are in each bin.
  public var histogram: Histogram
  /// Mean and standard deviation of the residuals.
  public var normal: (mean: Double, deviation: Double)
  /// The expected count over the residual for a normal distribution; empty if all residuals are equal.
  public var curve: (x: [Double], y: [Double])
  /// The quantiles of the standard normal distribution, and the residuals in ascending order.
  public var quantiles: (normal: [Double], values: [Double])
  /// What is added to the title; may be empty.
  public var note: String

  /// All that is shown.
  public init(
    target: String, x: [Double], hasTimes: Bool, isSeries: Bool, residuals: [Double],
    predicted: [Double], autocorrelation: (values: [Double], limit: Double)?,
    ljungBox: (lags: Int, statistic: Double, probability: Double)?, histogram: Histogram,
    normal: (mean: Double, deviation: Double), curve: (x: [Double], y: [Double]),
    quantiles: (normal: [Double], values: [Double]), note: String
  ) {
    (self.target, self.x, self.hasTimes, self.residuals) = (target, x, hasTimes, residuals)
    (self.isSeries, self.predicted) = (isSeries, predicted)
    (self.autocorrelation, self.ljungBox) = (autocorrelation, ljungBox)
    (self.histogram, self.normal, self.curve) = (histogram, normal, curve)
    (self.quantiles, self.note) = (quantiles, note)
  }
}

extension Chart {
  /// Residuals over time with their autocorrelation, or over the predictions with the actual values; and their
  /// distribution.
  public static func residuals(_ picture: ResidualPicture, language: ChartLanguage = .en) -> Chart {
    let title = [language.pick("Residuals", "残差"), picture.target, picture.note].filter { !$0.isEmpty }
    let first =
      picture.isSeries
      ? [overTime(picture, language), lags(picture, language)]
      : [scatter(picture, language), overPredictions(picture, language)]
    var chart = Chart(
      title: title.joined(separator: language.pick(", ", "，")),
      panels: first + [histogram(picture, language), quantiles(picture, language)], columns: 2,
      size: PictureSize(width: 1400, height: 860))
    chart.measures = ["mean": picture.normal.mean, "standard_deviation": picture.normal.deviation]
    if let test = picture.ljungBox {
      chart.measures["ljung_box"] = test.statistic
      chart.measures["ljung_box_lags"] = Double(test.lags)
      chart.measures["ljung_box_p"] = test.probability
    }
    return chart
  }

  private static func residual(_ language: ChartLanguage) -> String {
    language.pick("residual (actual - predicted)", "残差（真实值 - 预测值）")
  }

  private static func zero(_ x: [Double]) -> [Series] {
    let known = x.filter(\.isFinite)
    guard let low = known.min(), let high = known.max(), low < high else { return [] }
    return [Series("", style: .dashes, color: 6, x: [low, high], y: [0, 0]).named("zero")]
  }

  private static func overTime(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    let x =
      picture.hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("sample", "样本"), scale: .integer)
    let line = Series(
      "", style: picture.x.count == 1 ? .largeDots : .line, color: 0, x: picture.x, y: picture.residuals)
    return Panel(
      title: language.pick("Over time", "随时间变化"), x: x, y: Axis(residual(language)),
      series: zero(picture.x) + [line.named("residual")]
    ).named("time")
  }

  private static func overPredictions(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    Panel(
      title: language.pick("Over the predictions", "随预测值变化"), x: Axis(language.pick("predicted", "预测值")),
      y: Axis(residual(language)),
      series: zero(picture.predicted)
        + [
          Series("", style: .points, color: 0, x: picture.predicted, y: picture.residuals).named("residual")
        ]
    ).named("predicted")
  }

  private static func scatter(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    let actual = zip(picture.predicted, picture.residuals).map { $0 + $1 }
    let known = (actual + picture.predicted).filter(\.isFinite)
    let ends = [known.min() ?? 0, known.max() ?? 0]
    return Panel(
      title: language.pick("Actual values", "真实值"), x: Axis(language.pick("predicted", "预测值")),
      y: Axis(language.pick("actual", "真实值")),
      series: [
        Series(language.pick("equal", "相等"), style: .dashes, color: 6, x: ends, y: ends).named(
          "equal"),
        Series("", style: .points, color: 0, x: picture.predicted, y: actual).named("actual"),
      ]
    ).named("actual")
  }

  private static func lags(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    let values = picture.autocorrelation?.values ?? []
    let limit = picture.autocorrelation?.limit ?? .nan
    let ends = [0.5, Double(values.count) + 0.5]
    let name = language.pick("95 % limits of white noise", "白噪声的 95 % 界限")
    return Panel(
      title: [language.pick("Autocorrelation", "自相关"), test(picture, language)].compactMap { $0 }.joined(
        separator: language.pick(", ", "，")),
      x: Axis(language.pick("lag, samples", "滞后阶数"), scale: .integer),
      y: Axis(language.pick("autocorrelation", "自相关系数"), includesZero: true),
      series: [
        Series("", style: .bars(width: 0.4), color: 0, x: values.indices.map { Double($0 + 1) }, y: values)
          .named("autocorrelation"),
        Series(name, style: .dashes, color: 1, x: ends, y: [limit, limit]).named("upper limit"),
        Series("", style: .dashes, color: 1, x: ends, y: [-limit, -limit]).named("lower limit"),
      ]
    ).named("autocorrelation")
  }

  private static func test(_ picture: ResidualPicture, _ language: ChartLanguage) -> String? {
    guard let test = picture.ljungBox else { return nil }
    let p = test.probability < 0.001 ? "p < 0.001" : "p = \(Decimal.fixed(test.probability, decimals: 3))"
    return "Ljung-Box Q(\(test.lags)) = \(Decimal.significant(test.statistic, digits: 4)), \(p)"
  }

  private static func histogram(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    let bins = picture.histogram
    let bars = Series(
      "", style: .bars(width: bins.width), color: 0, x: bins.counts.indices.map(bins.center),
      y: bins.counts.map(Double.init))
    let curve = Series(
      language.pick("normal distribution", "正态分布"), color: 1, x: picture.curve.x, y: picture.curve.y)
    let mean = Decimal.significant(picture.normal.mean, digits: 4)
    let deviation = Decimal.significant(picture.normal.deviation, digits: 4)
    return Panel(
      title: language.pick(
        "Distribution, mean \(mean), standard deviation \(deviation)", "分布，均值 \(mean)，标准差 \(deviation)"),
      x: Axis(residual(language)),
      y: Axis(language.pick("count", "数量"), scale: .integer, includesZero: true),
      series: [bars.named("residuals")] + (picture.curve.x.isEmpty ? [] : [curve.named("normal")])
    ).named("distribution")
  }

  private static func quantiles(_ picture: ResidualPicture, _ language: ChartLanguage) -> Panel {
    let (normal, values) = picture.quantiles
    let ends = [normal.first ?? 0, normal.last ?? 0]
    let line = Series(
      language.pick("normal distribution", "正态分布"), style: .dashes, color: 1, x: ends,
      y: ends.map { picture.normal.mean + picture.normal.deviation * $0 })
    let points = Series(
      "", style: normal.count == 1 ? .largeDots : .points, color: 0, x: normal, y: values)
    return Panel(
      title: language.pick("Quantiles", "正态 Q-Q 图"),
      x: Axis(language.pick("standard normal quantile", "标准正态分位数")), y: Axis(residual(language)),
      series: (normal.count > 1 ? [line.named("normal")] : []) + [points.named("residual")]
    ).named("quantiles")
  }
}
