// Predicted against true values: over many samples at one step ahead, or along one forecast's path.

/// The true and the predicted values of one target.
public struct ForecastCurve: Sendable, Equatable {
  /// The target's name; empty where there is but one and it has none.
  public var target: String
  /// Sample numbers from 0, or times in seconds since 1970.
  public var x: [Double]
  /// The values that came true, as many as `x`, or none.
  public var truth: [Double]
  /// The predictions, as many as `x`.
  public var prediction: [Double]

  /// `x` and `prediction` are of one length; `truth` is as long or empty.
  public init(target: String, x: [Double], truth: [Double], prediction: [Double]) {
    self.target = target
    self.x = x
    self.truth = truth
    self.prediction = prediction
  }
}

extension Chart {
  /// Predicted against true values, a panel a target.
  /// - Parameters:
  ///   - hasTimes: whether the positions are times.
  ///   - note: what is shown, such as the step ahead; empty for nothing.
  public static func forecast(
    _ curves: [ForecastCurve], hasTimes: Bool, note: String = "", language: ChartLanguage = .en
  ) -> Chart {
    let heading = language.pick("Forecast against truth", "时间序列预测结果对比")
    let title = note.isEmpty ? heading : heading + language.pick(", ", "，") + note
    let position =
      hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("sample", "样本"), scale: .counting)
    let panels = curves.map { curve in
      Panel(
        title: curve.target, x: position,
        y: Axis(curve.target.isEmpty ? language.pick("value", "值") : curve.target),
        series: series(curve, language))
    }
    return Chart(title: title, panels: panels, size: PictureSize(width: 1400, height: 500))
  }

  private static func series(_ curve: ForecastCurve, _ language: ChartLanguage) -> [Series] {
    let predicted = language.pick("predicted", "预测值")
    let prediction = Series(predicted, color: 1, x: curve.x, y: curve.prediction)
    guard !curve.truth.isEmpty else { return [prediction] }
    return [Series(language.pick("true", "真实值"), color: 0, x: curve.x, y: curve.truth), prediction]
  }
}
