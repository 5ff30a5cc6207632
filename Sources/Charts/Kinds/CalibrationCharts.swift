// Whether predicted probabilities and intervals come true: reliability diagrams of classifiers, coverage of intervals.

/// A curve of a reliability diagram: bins of predicted probabilities.
public struct ReliabilityCurve: Sendable, Equatable {
  /// The class, or what the probabilities are of.
  public var name: String
  /// The same in every language.
  public var key: String
  /// The mean predicted probability of each bin that isn't empty.
  public var predicted: [Double]
  /// The observed frequency of each bin.
  public var observed: [Double]
  /// The number of predictions in each bin.
  public var counts: [Int]
  /// The number of predictions in bins of equal width from 0 to 1, with the empty ones.
  public var histogram: [Int]

  /// As many `predicted`, `observed` and `counts`.
  public init(
    name: String, key: String, predicted: [Double], observed: [Double], counts: [Int], histogram: [Int]
  ) {
    (self.name, self.key, self.predicted, self.observed) = (name, key, predicted, observed)
    (self.counts, self.histogram) = (counts, histogram)
  }
}

/// How often intervals contain the actual values.
public struct CoverageCurve: Sendable, Equatable {
  /// The target; empty if there is only one without a name.
  public var target: String
  /// The levels of the intervals in percent, ascending.
  public var levels: [Double]
  /// The percentage of actual values within the interval of each level.
  public var coverage: [Double]
  /// The probabilities of the quantiles that are the intervals' limits in percent, ascending.
  public var quantiles: [Double]
  /// The percentage of actual values at most as large as each quantile.
  public var below: [Double]
  /// For each level, the coverage at the steps 1, 2, ... ahead.
  public var bySteps: [[Double]]

  /// As many `coverage` as `levels`, `below` as `quantiles`, and `bySteps` as `levels`.
  public init(
    target: String, levels: [Double], coverage: [Double], quantiles: [Double], below: [Double],
    bySteps: [[Double]]
  ) {
    (self.target, self.levels, self.coverage) = (target, levels, coverage)
    (self.quantiles, self.below, self.bySteps) = (quantiles, below, bySteps)
  }
}

extension Chart {
  /// Observed frequencies over predicted probabilities, beside the number of predictions.
  /// - Parameters:
  ///   - note: added to the title, such as the expected calibration error; may be empty.
  ///   - axes: what is predicted and what is observed.
  public static func reliability(
    _ curves: [ReliabilityCurve], note: String, axes: (predicted: String, observed: String),
    language: ChartLanguage = .en
  ) -> Chart {
    let perfect = diagonal(language.pick("perfect", "完全校准"), to: 1)
    let lines = curves.enumerated().map { index, curve in
      var series = Series(
        curve.name, style: .markedLine, color: index, x: curve.predicted, y: curve.observed)
      series.detail = Series.Detail("count", curve.counts.map(Double.init))
      return series.named(curve.key)
    }
    var (x, y) = (Axis(axes.predicted), Axis(axes.observed))
    (x.covered, y.covered) = ([0, 1], [0, 1])
    let diagram = Panel(
      title: language.pick("Reliability", "可靠性图"), x: x, y: y, series: [perfect] + lines
    ).named("reliability")
    let title = language.pick("Calibration", "概率校准")
    return Chart(
      title: note.isEmpty ? title : title + language.pick(", ", "，") + note,
      panels: [diagram, counts(curves, x, language)], columns: 2, size: PictureSize(width: 1300, height: 600))
  }

  private static func diagonal(_ name: String, to end: Double) -> Series {
    Series(name, style: .dashes, color: 6, x: [0, end], y: [0, end]).named("perfect")
  }

  /// One curve as bars, several as steps.
  private static func counts(_ curves: [ReliabilityCurve], _ x: Axis, _ language: ChartLanguage) -> Panel {
    let series = curves.enumerated().map { index, curve in
      let width = 1 / Double(max(1, curve.histogram.count))
      let values = curve.histogram.map(Double.init)
      guard curves.count > 1 else {
        return Series(
          "", style: .bars(width: width), color: index,
          x: values.indices.map { (Double($0) + 0.5) * width }, y: values
        ).named(curve.key)
      }
      return Series(
        curve.name, style: .steps, color: index, x: (0...values.count).map { Double($0) * width },
        y: values + values.suffix(1)
      ).named(curve.key)
    }
    return Panel(
      title: language.pick("Predictions", "预测分布"), x: x,
      y: Axis(language.pick("count", "数量"), scale: .integer, includesZero: true), series: series
    ).named("predictions")
  }

  /// Empirical over nominal coverage of intervals, shares of values below quantiles, and coverage by step ahead.
  public static func coverage(_ curves: [CoverageCurve], language: ChartLanguage = .en) -> Chart {
    let horizon = curves.first?.bySteps.first?.count ?? 1
    let panels =
      [
        coveragePanel(
          language.pick("Intervals", "预测区间"), curves.map { ($0.target, $0.levels, $0.coverage) },
          axes: (language.pick("nominal coverage, %", "名义覆盖率 (%)"), observed(language)), language
        ).named("intervals"),
        coveragePanel(
          language.pick("Quantiles", "分位数"), curves.map { ($0.target, $0.quantiles, $0.below) },
          axes: (
            language.pick("nominal share below, %", "名义累积比例 (%)"),
            language.pick("actual values below, %", "低于分位数的实际比例 (%)")
          ), language
        ).named("quantiles"),
      ] + (horizon > 1 ? [stepPanel(curves, language)] : [])
    return Chart(
      title: language.pick("Calibration of intervals", "预测区间校准"), panels: panels,
      columns: panels.count, size: PictureSize(width: 560 * panels.count, height: 560))
  }

  private static func observed(_ language: ChartLanguage) -> String {
    language.pick("actual values inside, %", "实际覆盖率 (%)")
  }

  private static func coveragePanel(
    _ title: String, _ curves: [(target: String, x: [Double], y: [Double])], axes: (x: String, y: String),
    _ language: ChartLanguage
  ) -> Panel {
    let lines = curves.enumerated().map { index, curve in
      Series(
        curves.count == 1 ? language.pick("observed", "实际") : curve.target, style: .markedLine, color: index,
        x: curve.x, y: curve.y
      ).named(curve.target.isEmpty ? "observed" : curve.target)
    }
    var (x, y) = (Axis(axes.x), Axis(axes.y))
    (x.covered, y.covered) = ([0, 100], [0, 100])
    return Panel(
      title: title, x: x, y: y, series: [diagonal(language.pick("perfect", "完全校准"), to: 100)] + lines)
  }

  /// Each level's coverage over the steps, above a line at the level; of several targets, the mean.
  private static func stepPanel(_ curves: [CoverageCurve], _ language: ChartLanguage) -> Panel {
    let levels = curves.first?.levels ?? []
    let series = levels.indices.flatMap { level -> [Series] in
      let all = curves.map { $0.bySteps[level] }
      let means = (0..<(all.first?.count ?? 0)).map { step in
        all.reduce(0) { $0 + $1[step] } / Double(all.count)
      }
      let (first, last) = (1.0, Double(means.count))
      let name = "\(Decimal.significant(levels[level], digits: 6)) %"
      return [
        Series("", style: .dashes, color: level, x: [first, last], y: [levels[level], levels[level]]).named(
          "\(name), nominal"),
        Series(name, color: level, x: means.indices.map { Double($0 + 1) }, y: means),
      ]
    }
    return Panel(
      title: language.pick("By step ahead", "各预测步"),
      x: Axis(language.pick("step ahead", "预测步"), scale: .integer), y: Axis(observed(language)),
      series: series
    ).named("steps")
  }
}
