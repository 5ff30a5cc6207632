// Predicted and actual values: many samples at one step ahead, or all steps of one forecast behind its history.

/// The actual and the predicted values of one target.
public struct ForecastCurve: Sendable, Equatable {
  /// The target's name; empty if there is only one and it has no name.
  public var target: String
  /// Sample numbers from 0, or times in seconds since 1970.
  public var x: [Double]
  /// The actual values, one per `x`; empty if unknown.
  public var actual: [Double]
  /// The predictions, one per `x`.
  public var prediction: [Double]
  /// The positions of `history`, all before `x`.
  public var historyX: [Double] = []
  /// The values that the forecast continues; empty if unknown.
  public var history: [Double] = []
  /// The intervals of the predictions, from the widest on.
  public var bands: [Band] = []

  /// An interval around each prediction.
  public struct Band: Sendable, Equatable {
    /// The legend entry, such as `80 %`.
    public var name: String
    /// The lower limits, one per `x`.
    public var low: [Double]
    /// The upper limits, one per `x`.
    public var high: [Double]

    /// `low` and `high` have the same length.
    public init(name: String, low: [Double], high: [Double]) {
      (self.name, self.low, self.high) = (name, low, high)
    }
  }

  /// `x` and `prediction` have the same length; `actual` has it too, or is empty.
  public init(target: String, x: [Double], actual: [Double], prediction: [Double]) {
    self.target = target
    self.x = x
    self.actual = actual
    self.prediction = prediction
  }

  /// The last known point of the history, from which the forecast starts.
  fileprivate var origin: (x: Double, y: Double)? {
    guard let x = historyX.last, let y = history.last, y.isFinite else { return nil }
    return (x, y)
  }
}

extension Chart {
  /// Predicted and actual values, one panel per target, one below the other.
  /// - Parameters:
  ///   - hasTimes: whether `x` holds times.
  ///   - note: added to the title, such as the step ahead; may be empty.
  public static func forecast(
    _ curves: [ForecastCurve], hasTimes: Bool, note: String = "", language: ChartLanguage = .en
  ) -> Chart {
    let x =
      hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("sample", "样本"), scale: .integer)
    let panels = curves.map { panel($0, x, language) }
    let columns = panels.count <= 3 ? 1 : 2
    let rows = (panels.count + columns - 1) / columns
    return Chart(
      title: title(curves, note, language), panels: panels, columns: columns,
      size: PictureSize(width: 1400, height: panels.count == 1 ? 500 : 60 + 280 * rows))
  }

  private static func title(
    _ curves: [ForecastCurve], _ note: String, _ language: ChartLanguage
  ) -> String {
    let hasActual = curves.contains { !$0.actual.isEmpty }
    let heading =
      hasActual
      ? language.pick("Forecast vs. actual values", "时间序列预测结果对比") : language.pick("Forecast", "时间序列预测")
    return note.isEmpty ? heading : heading + language.pick(", ", "，") + note
  }

  private static func panel(
    _ curve: ForecastCurve, _ x: Axis, _ language: ChartLanguage
  ) -> Panel {
    let value = curve.target.isEmpty ? language.pick("value", "值") : curve.target
    return Panel(
      title: curve.target, x: x, y: Axis(value), series: series(curve, language),
      marks: curve.historyX.last.map { [Mark("", x: $0, color: 6)] } ?? [])
  }

  /// History, actual values and predictions; the latter two start from the last point of the history.
  private static func series(_ curve: ForecastCurve, _ language: ChartLanguage) -> [Series] {
    let start = curve.origin.map { [$0] } ?? []
    let x = start.map(\.x) + curve.x
    var all = curve.bands.map { band in
      Series(
        band.name, color: 1, x: x, low: start.map(\.y) + band.low, high: start.map(\.y) + band.high)
    }
    if !curve.history.isEmpty {
      all.append(Series(language.pick("history", "历史值"), color: 0, x: curve.historyX, y: curve.history))
    }
    if !curve.actual.isEmpty {
      let color = curve.history.isEmpty ? 0 : 2
      all.append(
        Series(language.pick("actual", "真实值"), color: color, x: x, y: start.map(\.y) + curve.actual))
    }
    all.append(
      Series(language.pick("predicted", "预测值"), color: 1, x: x, y: start.map(\.y) + curve.prediction))
    // A path of a single point has no line.
    return all.map { series in
      var shown = series
      if series.x.count == 1, series.style != .band { shown.style = .largeDots }
      return shown
    }
  }
}
