// One window of a series: the inputs that a network sees and, after a dashed line, the targets that it is to
// predict.

/// One window and its targets.
public struct WindowData: Sendable, Equatable {
  /// The names of the inputs, one per element of `inputs`; empty names are left out of the legend.
  public var inputNames: [String]
  /// Each input's values over the window.
  public var inputs: [[Double]]
  /// The names of the targets, one per element of `targets`.
  public var targetNames: [String]
  /// Each target's values over the horizon.
  public var targets: [[Double]]
  /// The positions of the inputs: row numbers, or seconds since 1970.
  public var inputPositions: [Double]
  /// The positions of the targets, in the same units.
  public var targetPositions: [Double]
  /// Whether positions are times.
  public var hasTimes: Bool

  /// One array of `inputs` per name, each as long as `inputPositions`; `targets` likewise with
  /// `targetPositions`.
  public init(
    inputNames: [String], inputs: [[Double]], targetNames: [String], targets: [[Double]],
    inputPositions: [Double], targetPositions: [Double], hasTimes: Bool = false
  ) {
    (self.inputNames, self.inputs) = (inputNames, inputs)
    (self.targetNames, self.targets) = (targetNames, targets)
    (self.inputPositions, self.targetPositions) = (inputPositions, targetPositions)
    self.hasTimes = hasTimes
  }
}

extension Chart {
  /// A window and its targets.
  public static func window(_ window: WindowData, title: String, language: ChartLanguage = .en) -> Chart {
    let x =
      window.hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("step", "时间步"), scale: .integer)
    let marks =
      window.targets.isEmpty ? [] : window.inputPositions.last.map { [Mark("", x: $0, color: 1)] } ?? []
    let panel = Panel(
      x: x, y: Axis(language.pick("value", "值")),
      series: inputs(window, language) + targets(window, language), marks: marks)
    return Chart(title: title, panels: [panel], size: PictureSize(width: 1200, height: 420))
  }

  private static func inputs(_ window: WindowData, _ language: ChartLanguage) -> [Series] {
    let role = language.pick("input", "输入序列")
    return zip(window.inputNames, window.inputs).enumerated().map { index, input in
      Series(
        name(input.0, role), color: index == 0 ? 0 : index + 1, x: window.inputPositions, y: input.1)
    }
  }

  /// The first target has the second color, which no input uses.
  private static func targets(_ window: WindowData, _ language: ChartLanguage) -> [Series] {
    let role = language.pick("target", "预测目标")
    return zip(window.targetNames, window.targets).enumerated().map { index, target in
      Series(
        name(target.0, role), style: target.1.count > 12 ? .points : .largeDots,
        color: index == 0 ? 1 : index + 3, x: window.targetPositions, y: target.1)
    }
  }

  private static func name(_ column: String, _ role: String) -> String {
    column.isEmpty ? role : "\(role) \(column)"
  }
}
