// How training went: the loss and each metric by epoch, on the training and the validation part, with the
// best epoch marked.

/// A measure's values by epoch.
public struct HistoryCurve: Sendable, Equatable {
  /// `loss`, `mae`, `val_loss`, ...; a name that begins `val_` was measured on the validation part.
  public var name: String
  /// Epoch numbers.
  public var epochs: [Double]
  /// One value an epoch; one that is not finite leaves a gap.
  public var values: [Double]

  public init(name: String, epochs: [Double], values: [Double]) {
    self.name = name
    self.epochs = epochs
    self.values = values
  }
}

extension Chart {
  /// Training and validation curves, a panel a measure, the loss first.
  public static func history(_ curves: [HistoryCurve], title: String = "", language: ChartLanguage = .en)
    -> Chart
  {
    let names = curves.map { measure($0.name) }
    var order: [String] = []
    for name in (names.contains("loss") ? ["loss"] : []) + names where !order.contains(name) {
      order.append(name)
    }
    let best = bestEpoch(curves)
    let panels = order.map { name in
      panel(name, curves.filter { measure($0.name) == name }, best: best, language)
    }
    let rows = PanelGrid(count: panels.count).rows
    return Chart(
      title: title.isEmpty ? language.pick("Training history", "训练过程") : title, panels: panels,
      size: PictureSize(width: panels.count == 1 ? 1000 : 1400, height: 100 + 420 * rows))
  }

  private static func measure(_ name: String) -> String {
    name.hasPrefix("val_") ? String(name.dropFirst(4)) : name
  }

  /// The epoch with the smallest validation loss, or of the training loss where nothing was validated.
  private static func bestEpoch(_ curves: [HistoryCurve]) -> Double? {
    guard
      let curve = curves.first(where: { $0.name == "val_loss" }) ?? curves.first(where: { $0.name == "loss" })
    else { return nil }
    return zip(curve.epochs, curve.values).filter { $0.1.isFinite }.min { $0.1 < $1.1 }?.0
  }

  private static func panel(
    _ name: String, _ curves: [HistoryCurve], best: Double?, _ language: ChartLanguage
  ) -> Panel {
    let series = curves.map { curve in
      let isValidation = curve.name.hasPrefix("val_")
      let label = isValidation ? language.pick("validation", "验证") : language.pick("training", "训练")
      // A single epoch has no line to draw.
      let style: Series.Style = curve.values.count == 1 ? .spots : .line
      return Series(label, style: style, color: isValidation ? 1 : 0, x: curve.epochs, y: curve.values)
    }
    let marks = best.map { epoch in
      let number = Decimal.significant(epoch, digits: 7)
      return [Mark(language.pick("best epoch \(number)", "最佳轮次 \(number)"), x: epoch, color: 6)]
    }
    return Panel(
      title: name, x: Axis(language.pick("epoch", "轮次"), scale: .counting), y: Axis(""), series: series,
      marks: marks ?? [])
  }

  /// One measure of several runs, a curve a run.
  /// - Parameter runs: each run's label and its values.
  public static func comparison(
    of metric: String, runs: [(label: String, curve: HistoryCurve)], language: ChartLanguage = .en
  ) -> Chart {
    let series = runs.enumerated().map { index, run in
      let style: Series.Style = run.curve.values.count == 1 ? .spots : .line
      return Series(run.label, style: style, color: index, x: run.curve.epochs, y: run.curve.values)
    }
    let panel = Panel(
      x: Axis(language.pick("epoch", "轮次"), scale: .counting), y: Axis(metric), series: series)
    return Chart(
      title: language.pick("\(metric) by run", "各次运行的 \(metric)"), panels: [panel],
      size: PictureSize(width: 1200, height: 560))
  }
}
