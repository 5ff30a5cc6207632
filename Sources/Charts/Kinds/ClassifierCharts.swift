// How well scores tell classes apart, over all thresholds: ROC and precision-recall curves.

/// A curve of a classifier for one class.
public struct ThresholdCurve: Sendable, Equatable {
  /// The class; empty if there is only one curve.
  public var name: String
  /// False positive rates, or recalls.
  public var x: [Double]
  /// True positive rates, or precisions.
  public var y: [Double]
  /// The threshold of each point.
  public var thresholds: [Double]
  /// The area under the curve, or the average precision.
  public var summary: Double
  /// The share of the class's rows.
  public var prevalence: Double
  /// The point of the threshold by which classes are predicted; nil if there is none.
  public var chosen: (x: Double, y: Double)?

  /// As many `x`, `y` and `thresholds`.
  public init(
    name: String, x: [Double], y: [Double], thresholds: [Double], summary: Double, prevalence: Double,
    chosen: (x: Double, y: Double)? = nil
  ) {
    (self.name, self.x, self.y, self.thresholds) = (name, x, y, thresholds)
    (self.summary, self.prevalence, self.chosen) = (summary, prevalence, chosen)
  }

  /// Whether all is the same.
  public static func == (a: ThresholdCurve, b: ThresholdCurve) -> Bool {
    a.name == b.name && a.x == b.x && a.y == b.y && a.thresholds == b.thresholds && a.summary == b.summary
      && a.prevalence == b.prevalence && a.chosen?.x == b.chosen?.x && a.chosen?.y == b.chosen?.y
  }
}

extension Chart {
  /// Curves from (0, 0) to (1, 1), with the areas under them, above the diagonal of guessing.
  /// - Parameter note: added to the title, such as the average of the areas; may be empty.
  public static func roc(_ curves: [ThresholdCurve], note: String = "", language: ChartLanguage = .en)
    -> Chart
  {
    let chance = Series(
      language.pick("guessing", "随机猜测"), style: .dashes, color: 6, x: [0, 1], y: [0, 1])
    return thresholds(
      curves, measure: ("AUC", "auc"), baselines: [chance.named("guessing")], isStepped: false,
      title: joined(language.pick("ROC curve", "ROC 曲线"), note, language),
      axes: (
        language.pick("false positive rate", "假正例率"), language.pick("true positive rate", "真正例率")
      ), language)
  }

  /// Precision over recall in steps, with the average precisions, above the precision of guessing.
  /// - Parameter note: added to the title; may be empty.
  public static func precisionRecall(
    _ curves: [ThresholdCurve], note: String = "", language: ChartLanguage = .en
  ) -> Chart {
    let name = language.pick("guessing", "随机猜测")
    let chance = curves.enumerated().map { index, curve in
      Series(
        index == 0 ? name : "", style: .dashes, color: curves.count == 1 ? 6 : index, x: [0, 1],
        y: [curve.prevalence, curve.prevalence]
      ).named("guessing" + (curve.name.isEmpty ? "" : ", \(curve.name)"))
    }
    return thresholds(
      curves, measure: ("AP", "average_precision"), baselines: chance, isStepped: true,
      title: joined(language.pick("Precision-recall curve", "精确率-召回率曲线"), note, language),
      axes: (language.pick("recall", "召回率"), language.pick("precision", "精确率")), language)
  }

  private static func joined(_ title: String, _ note: String, _ language: ChartLanguage) -> String {
    note.isEmpty ? title : title + language.pick(", ", "，") + note
  }

  private static func thresholds(
    _ curves: [ThresholdCurve], measure: (text: String, key: String), baselines: [Series], isStepped: Bool,
    title: String,
    axes: (x: String, y: String), _ language: ChartLanguage
  ) -> Chart {
    let lines = curves.enumerated().map { index, curve in
      let value = "\(measure.text) = \(Decimal.fixed(curve.summary, decimals: 3))"
      var series = Series(
        curve.name.isEmpty ? value : "\(curve.name), \(value)", style: isStepped ? .steps : .line,
        color: index,
        x: curve.x, y: curve.y)
      series.detail = Series.Detail("threshold", curve.thresholds)
      return series.named(curve.name.isEmpty ? "curve" : curve.name)
    }
    let chosen = curves.enumerated().compactMap { index, curve in
      curve.chosen.map {
        Series(
          index == 0 ? language.pick("predicted class", "预测类别") : "", style: .largeDots, color: index,
          x: [$0.x], y: [$0.y]
        ).named("predicted class")
      }
    }
    var (x, y) = (Axis(axes.x), Axis(axes.y))
    (x.covered, y.covered) = ([0, 1], [0, 1])
    var panel = Panel(x: x, y: y, series: baselines + lines + chosen)
    panel.key = measure.key == "auc" ? "roc" : "pr"
    var chart = Chart(title: title, panels: [panel], size: PictureSize(width: 860, height: 720))
    for curve in curves {
      chart.measures[curve.name.isEmpty ? measure.key : "\(measure.key).\(curve.name)"] = curve.summary
    }
    return chart
  }
}
