// The picture of a backtest: the truth with forecasts that don't overlap, above the mean absolute errors by step ahead
// and by origin, of the model and of the methods it is compared with.

/// What a picture of a backtest shows of one target.
public struct BacktestPicture: Sendable {
  /// Points of a curve.
  public struct Curve: Sendable {
    /// Times in seconds since 1970, or row numbers.
    public var x: [Double]
    /// The values, one per `x`.
    public var y: [Double]

    /// `x` and `y` have the same length.
    public init(x: [Double], y: [Double]) { (self.x, self.y) = (x, y) }
  }

  /// The mean absolute errors of one forecaster.
  public struct Errors: Sendable {
    /// Its name.
    public var name: String
    /// Of the steps 1, 2, ... ahead.
    public var bySteps: [Double]
    /// Of the origins, in order.
    public var byOrigins: [Double]

    /// All errors of a forecaster.
    public init(name: String, bySteps: [Double], byOrigins: [Double]) {
      (self.name, self.bySteps, self.byOrigins) = (name, bySteps, byOrigins)
    }
  }

  /// The name of the target.
  public var target: String
  /// Whether positions are times.
  public var hasTimes: Bool
  /// The true values.
  public var truth: Curve
  /// Forecasts of the model.
  public var forecasts: [Curve]
  /// The positions of the origins.
  public var origins: [Double]
  /// The errors of the model, then those of other methods.
  public var errors: [Errors]

  /// All that is shown.
  public init(
    target: String, hasTimes: Bool, truth: Curve, forecasts: [Curve], origins: [Double], errors: [Errors]
  ) {
    (self.target, self.hasTimes, self.truth) = (target, hasTimes, truth)
    (self.forecasts, self.origins, self.errors) = (forecasts, origins, errors)
  }
}

extension Chart {
  /// The picture of a backtest.
  public static func backtest(_ picture: BacktestPicture, language: ChartLanguage = .en) -> Chart {
    Chart(
      title: language.pick("Backtest", "滚动回测") + language.pick(", ", "，") + picture.target,
      panels: [values(picture, language), bySteps(picture, language), byOrigins(picture, language)],
      columns: 1,
      size: PictureSize(width: 1400, height: 1000))
  }

  private static func position(_ picture: BacktestPicture, _ name: String, _ language: ChartLanguage) -> Axis
  {
    picture.hasTimes
      ? Axis(language.pick("\(name) (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("row", "行"), scale: .integer)
  }

  /// The truth and the forecasts, which are one curve with gaps.
  private static func values(_ picture: BacktestPicture, _ language: ChartLanguage) -> Panel {
    var (x, y): ([Double], [Double]) = ([], [])
    for forecast in picture.forecasts {
      x += forecast.x + [forecast.x.last ?? 0]
      y += forecast.y + [.nan]
    }
    return Panel(
      x: position(picture, "time", language), y: Axis(picture.target),
      series: [
        Series(language.pick("actual", "真实值"), color: 0, x: picture.truth.x, y: picture.truth.y),
        Series(language.pick("predicted", "预测值"), color: 1, x: x, y: y),
      ])
  }

  private static func bySteps(_ picture: BacktestPicture, _ language: ChartLanguage) -> Panel {
    let steps = (picture.errors.first?.bySteps ?? []).indices.map { Double($0 + 1) }
    return Panel(
      title: language.pick("Error by step ahead", "各预测步的误差"),
      x: Axis(language.pick("step ahead", "预测步"), scale: .integer), y: error(language),
      series: curves(picture) { BacktestPicture.Curve(x: steps, y: $0.bySteps) })
  }

  private static func byOrigins(_ picture: BacktestPicture, _ language: ChartLanguage) -> Panel {
    Panel(
      title: language.pick("Error by origin", "各起点的误差"), x: position(picture, "origin", language),
      y: error(language),
      series: curves(picture) { BacktestPicture.Curve(x: picture.origins, y: $0.byOrigins) })
  }

  private static func error(_ language: ChartLanguage) -> Axis {
    Axis(language.pick("mean absolute error", "平均绝对误差"), includesZero: true)
  }

  /// The model's curve has the color of its forecasts, and is drawn over the others.
  private static func curves(
    _ picture: BacktestPicture, _ curve: (BacktestPicture.Errors) -> BacktestPicture.Curve
  ) -> [Series] {
    let all = picture.errors.enumerated().map { number, errors in
      let own = curve(errors)
      let color = number == 0 ? 1 : number == 1 ? 0 : number
      let style: Series.Style = own.x.count == 1 ? .largeDots : number == 0 ? .line : .dashes
      return Series(errors.name, style: style, color: color, x: own.x, y: own.y)
    }
    return Array(all.dropFirst() + all.prefix(1))
  }
}
