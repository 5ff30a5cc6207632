// Runs as lines across parallel axes: their parameters, and the metric that they are judged by at the right.

import Failures

/// A run of a chart of parallel axes.
public struct ParallelRun: Sendable, Equatable {
  /// What distinguishes the run, such as its name.
  public var label: String
  /// Its values, by parameter.
  public var parameters: [String: String]
  /// The value of the metric; not finite for a run that is left out.
  public var metric: Double

  /// A run with the value of its metric.
  public init(label: String, parameters: [String: String], metric: Double) {
    (self.label, self.parameters, self.metric) = (label, parameters, metric)
  }
}

extension Chart {
  /// Runs with an axis for each parameter and one for the metric. A line is the darker the better its run is compared
  /// with the others; the best one stands out.
  /// - Parameters:
  ///   - names: the parameters, from the left.
  ///   - prefersLarge: whether large values of the metric are better.
  public static func parallel(
    _ runs: [ParallelRun], parameters names: [String], metric: String, prefersLarge: Bool,
    language: ChartLanguage = .en
  ) -> Chart {
    let shown = runs.filter(\.metric.isFinite)
    let ranks = Set(shown.map { prefersLarge ? $0.metric : -$0.metric }).sorted()
    let merits = Dictionary(
      zip(ranks, ranks.indices.map { ranks.count > 1 ? Double($0) / Double(ranks.count - 1) : 1 })
    ) { first, _ in first }
    let quantities =
      names.map { name in
        ParallelAxes.Quantity(name: language.metric(name), values: shown.map { $0.parameters[name] })
      } + [ParallelAxes.Quantity(name: language.metric(metric), values: shown.map { "\($0.metric)" })]
    var panel = Panel(x: Axis(""), y: Axis(""), series: [])
    panel.parallel = ParallelAxes(
      quantities: quantities, merits: shown.map { merits[prefersLarge ? $0.metric : -$0.metric] ?? 0 })
    let width = min(2400, max(800, 200 * quantities.count))
    return Chart(
      title: title(shown, metric, prefersLarge, language), panels: [panel],
      size: PictureSize(width: width, height: 560))
  }

  private static func title(
    _ runs: [ParallelRun], _ metric: String, _ prefersLarge: Bool, _ language: ChartLanguage
  ) -> String {
    let values = runs.map { prefersLarge ? -$0.metric : $0.metric }
    guard let best = values.indices.min(by: { (values[$0], $0) < (values[$1], $1) }) else {
      return language.pick("no runs", "没有运行")
    }
    let value = Decimal.significant(runs[best].metric, digits: 4)
    return language.pick(
      "\(counted(runs.count, "run")), best \(metric) \(value) (\(runs[best].label))",
      "\(runs.count) 次运行，最佳\(language.metric(metric)) \(value)（\(runs[best].label)）")
  }
}
