// Predicted and actual values: many samples at one step ahead, or all steps of one forecast.

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

  /// `x` and `prediction` have the same length; `actual` has it too, or is empty.
  public init(target: String, x: [Double], actual: [Double], prediction: [Double]) {
    self.target = target
    self.x = x
    self.actual = actual
    self.prediction = prediction
  }
}

extension Chart {
  /// Predicted and actual values, one panel per target.
  /// - Parameters:
  ///   - hasTimes: whether `x` holds times.
  ///   - note: added to the title, such as the step ahead; may be empty.
  public static func forecast(
    _ curves: [ForecastCurve], hasTimes: Bool, note: String = "", language: ChartLanguage = .en
  ) -> Chart {
    let heading = language.pick("Forecast vs. actual values", "时间序列预测结果对比")
    let title = note.isEmpty ? heading : heading + language.pick(", ", "，") + note
    let x =
      hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("sample", "样本"), scale: .integer)
    let panels = curves.map { curve in
      Panel(
        title: curve.target, x: x,
        y: Axis(curve.target.isEmpty ? language.pick("value", "值") : curve.target),
        series: series(curve, language))
    }
    return Chart(title: title, panels: panels, size: PictureSize(width: 1400, height: 500))
  }

  private static func series(_ curve: ForecastCurve, _ language: ChartLanguage) -> [Series] {
    let predicted = language.pick("predicted", "预测值")
    let prediction = Series(predicted, color: 1, x: curve.x, y: curve.prediction)
    guard !curve.actual.isEmpty else { return [prediction] }
    return [Series(language.pick("actual", "真实值"), color: 0, x: curve.x, y: curve.actual), prediction]
  }
}
