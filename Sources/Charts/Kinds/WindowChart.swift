// One window of a series: the inputs that a network sees and, after a dashed line, the targets that it is to
// predict. Columns of very different size have panels of their own, one below the other.

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

  /// The names of all columns, inputs first.
  private var names: [String] { inputNames + targetNames.filter { !inputNames.contains($0) } }

  /// The names of the columns of each panel.
  var groups: [[String]] {
    ScaleGroups(
      names.map { name in (name, column(name, inputNames, inputs) + column(name, targetNames, targets)) }
    )
    .names
  }

  private func column(_ name: String, _ names: [String], _ values: [[Double]]) -> [Double] {
    names.firstIndex(of: name).map { values[$0] } ?? []
  }
}

extension Chart {
  /// A window and its targets.
  public static func window(_ window: WindowData, title: String, language: ChartLanguage = .en) -> Chart {
    let groups = window.groups
    let panels = groups.map { panel(window, $0, isOnly: groups.count == 1, language) }
    let columns = panels.count <= 4 ? 1 : 2
    let rows = (panels.count + columns - 1) / columns
    let height = panels.count == 1 ? 420 : 60 + 260 * rows
    return Chart(
      title: title, panels: panels, columns: columns,
      size: PictureSize(width: columns == 1 ? 1200 : 1600, height: height))
  }

  private static func panel(
    _ window: WindowData, _ names: [String], isOnly: Bool, _ language: ChartLanguage
  ) -> Panel {
    var x =
      window.hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("step", "时间步"), scale: .integer)
    x.covered = [window.inputPositions.first, window.targetPositions.last].compactMap { $0 }
    let marks =
      window.targets.isEmpty ? [] : window.inputPositions.last.map { [Mark("", x: $0, color: 6)] } ?? []
    let series = inputs(window, names, language) + targets(window, names, language)
    return Panel(
      title: names.count == 1 ? names[0] : "", x: x,
      y: Axis(!isOnly && names.count == 1 ? names[0] : language.pick("value", "值")), series: series,
      marks: marks)
  }

  private static func inputs(_ window: WindowData, _ names: [String], _ language: ChartLanguage) -> [Series] {
    let role = names.count == 1 ? language.pick("input", "输入序列") : ""
    return names.enumerated().compactMap { index, column in
      window.inputNames.firstIndex(of: column).map {
        Series(
          role.isEmpty ? column : role, color: color(index), x: window.inputPositions, y: window.inputs[$0])
      }
    }
  }

  /// Among several columns, a target has the color of its input and needs no legend of its own.
  private static func targets(_ window: WindowData, _ names: [String], _ language: ChartLanguage) -> [Series]
  {
    let role = language.pick("target", "预测目标")
    return names.enumerated().compactMap { index, column in
      window.targetNames.firstIndex(of: column).map {
        let values = window.targets[$0]
        let isInput = window.inputNames.contains(column)
        let name = names.count == 1 ? role : isInput ? "" : "\(role) \(column)"
        return Series(
          name, style: values.count > 12 ? .points : .largeDots,
          color: names.count == 1 ? 1 : color(index), x: window.targetPositions, y: values)
      }
    }
  }

  /// The first column's color, then those after the second, which is that of a single target.
  private static func color(_ index: Int) -> Int { index == 0 ? 0 : index + 1 }
}
