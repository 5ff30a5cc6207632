// Training history: the loss and each metric by epoch, for training and validation, with the best epoch
// marked.

/// A metric's values by epoch.
public struct HistoryCurve: Sendable, Equatable {
  /// `loss`, `mae`, `val_loss`, ...; names that begin with `val_` are validation metrics.
  public var name: String
  /// Epoch numbers.
  public var epochs: [Double]
  /// One value per epoch; a non-finite one leaves a gap.
  public var values: [Double]

  /// `epochs` and `values` have the same length.
  public init(name: String, epochs: [Double], values: [Double]) {
    self.name = name
    self.epochs = epochs
    self.values = values
  }
}

extension Chart {
  /// Training and validation curves, one panel per metric, the loss first and the learning rate last.
  public static func history(
    _ curves: [HistoryCurve], title: String = "", language: ChartLanguage = .en
  ) -> Chart {
    let best = bestEpoch(curves)
    let panels = metrics(curves).map { name in
      panel(name, curves.filter { metric($0.name) == name }, best: best, language)
    }
    let heading = title.isEmpty ? language.pick("Training history", "训练过程") : title
    let rows = PanelGrid(count: panels.count).rows
    return Chart(
      title: [heading, best.map { bestText($0, language) }].compactMap { $0 }
        .joined(separator: language.pick(", ", "，")),
      panels: panels, size: PictureSize(width: panels.count == 1 ? 1000 : 1400, height: 100 + 420 * rows))
  }

  private static let rate = "learning_rate"

  /// The names of the metrics in the order of their panels.
  private static func metrics(_ curves: [HistoryCurve]) -> [String] {
    var order: [String] = []
    for name in curves.map({ metric($0.name) }) where !order.contains(name) { order.append(name) }
    let middle = order.filter { $0 != "loss" && $0 != rate }
    return order.filter { $0 == "loss" } + middle + order.filter { $0 == rate }
  }

  private static func metric(_ name: String) -> String {
    name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
  }

  /// The epoch with the lowest validation loss, or training loss if there was no validation.
  private static func bestEpoch(_ curves: [HistoryCurve]) -> Double? {
    let named = ["val_loss", "loss"].lazy.compactMap { name in curves.first { $0.name == name } }
    guard let curve = named.first else { return nil }
    return zip(curve.epochs, curve.values).filter { $0.1.isFinite }.min { $0.1 < $1.1 }?.0
  }

  private static func bestText(_ epoch: Double, _ language: ChartLanguage) -> String {
    let number = Decimal.significant(epoch, digits: 7)
    return language.pick("best epoch \(number)", "最佳轮次 \(number)")
  }

  private static func panel(
    _ name: String, _ curves: [HistoryCurve], best: Double?, _ language: ChartLanguage
  ) -> Panel {
    Panel(
      title: language.metric(name), x: Axis(language.pick("epoch", "轮次"), scale: .integer),
      y: Axis(language.metric(name)),
      series: curves.map { series($0, language) }, marks: best.map { [Mark("", x: $0, color: 6)] } ?? [])
  }

  private static func series(_ curve: HistoryCurve, _ language: ChartLanguage) -> Series {
    if curve.name == rate { return steps(curve) }
    let isValidation = curve.name.hasPrefix("val_")
    let label = isValidation ? language.pick("validation", "验证") : language.pick("training", "训练")
    // A single epoch has no line to draw.
    let style: Series.Style = curve.values.count == 1 ? .largeDots : .line
    return Series(label, style: style, color: isValidation ? 1 : 0, x: curve.epochs, y: curve.values)
  }

  /// The learning rate of each epoch, held from half an epoch before its number to half an epoch after it.
  private static func steps(_ curve: HistoryCurve) -> Series {
    let ends = curve.epochs.last.map { [$0 + 0.5] } ?? []
    return Series(
      "", style: .steps, color: 6, x: curve.epochs.map { $0 - 0.5 } + ends,
      y: curve.values + curve.values.suffix(ends.count))
  }

  /// One metric of several runs, one curve per run.
  /// - Parameter runs: each run's label and its values.
  public static func comparison(
    of metric: String, runs: [(label: String, curve: HistoryCurve)], language: ChartLanguage = .en
  ) -> Chart {
    let curves = runs.map { (x: $0.curve.epochs, y: $0.curve.values) }
    let styles = CurveStyles(curves)
    let series = runs.enumerated().map { index, run in
      Series(run.label, style: styles[index], color: index, x: run.curve.epochs, y: run.curve.values)
    }
    let name = language.metric(metric)
    let panel = Panel(
      x: Axis(language.pick("epoch", "轮次"), scale: .integer), y: Axis(name), series: series)
    return Chart(
      title: language.pick("\(name) by run", "各次运行的\(name)"), panels: [panel],
      size: PictureSize(width: 1200, height: 60 + height(curves: runs.count)))
  }
}
