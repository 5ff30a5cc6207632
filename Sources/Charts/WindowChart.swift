// What a network sees and what it is asked for: one window of a series with its target behind the dashed
// line that separates the known from the unknown.

/// One window and what follows it.
public struct WindowPicture: Sendable, Equatable {
  /// The inputs' names, as many as `inputs`; empty names stay out of the legend.
  public var inputNames: [String]
  /// Each input's values over the window.
  public var inputs: [[Double]]
  /// The targets' names, as many as `targets`.
  public var targetNames: [String]
  /// Each target's values over the horizon.
  public var targets: [[Double]]
  /// Rows of the series from one step to the next.
  public var rate: Int
  /// Steps from the last input to the first target.
  public var ahead: Int
  /// Times of the targets in seconds since 1970 and the seconds of one row; nil without times.
  public var times: (targets: [Double], step: Double)?

  public init(
    inputNames: [String], inputs: [[Double]], targetNames: [String], targets: [[Double]], rate: Int = 1,
    ahead: Int = 1, times: (targets: [Double], step: Double)? = nil
  ) {
    self.inputNames = inputNames
    self.inputs = inputs
    self.targetNames = targetNames
    self.targets = targets
    self.rate = rate
    self.ahead = ahead
    self.times = times
  }

  public static func == (one: WindowPicture, other: WindowPicture) -> Bool {
    one.inputNames == other.inputNames && one.inputs == other.inputs && one.targetNames == other.targetNames
      && one.targets == other.targets && one.rate == other.rate && one.ahead == other.ahead
      && one.times?.targets == other.times?.targets && one.times?.step == other.times?.step
  }

  /// Where input `index` stands: row numbers from 0, or times counted back from the first target.
  fileprivate func inputPosition(_ index: Int, length: Int) -> Double {
    guard let times, let first = times.targets.first else { return Double(index * rate) }
    return first - Double((length - 1 + ahead - index) * rate) * times.step
  }

  fileprivate func targetPosition(_ index: Int, length: Int) -> Double {
    times.map { $0.targets[index] } ?? Double((length - 1 + ahead + index) * rate)
  }
}

extension Chart {
  /// A window with its target marked.
  public static func window(_ window: WindowPicture, title: String, language: ChartLanguage = .en) -> Chart {
    let length = window.inputs.first?.count ?? 0
    let positions = (0..<length).map { window.inputPosition($0, length: length) }
    let inputs = zip(window.inputNames, window.inputs).enumerated().map { index, input in
      Series(
        name(input.0, language.pick("input", "输入序列"), window), color: inputColor(index), x: positions,
        y: input.1)
    }
    let targets = zip(window.targetNames, window.targets).enumerated().map { index, target in
      Series(
        name(target.0, language.pick("target", "预测目标"), window),
        style: target.1.count > 12 ? .points : .spots,
        color: targetColor(index), x: target.1.indices.map { window.targetPosition($0, length: length) },
        y: target.1)
    }
    let x =
      window.times == nil
      ? Axis(language.pick("step", "时间步"), scale: .counting)
      : Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
    let mark = positions.last.map { [Mark("", x: $0, color: 1)] } ?? []
    let panel = Panel(x: x, y: Axis(language.pick("value", "值")), series: inputs + targets, marks: mark)
    return Chart(title: title, panels: [panel], size: PictureSize(width: 1200, height: 420))
  }

  private static func name(_ column: String, _ role: String, _ window: WindowPicture) -> String {
    column.isEmpty ? role : "\(role) \(column)"
  }

  /// The first target has the second colour, which no input shares.
  private static func targetColor(_ index: Int) -> Int { index == 0 ? 1 : index + 3 }

  private static func inputColor(_ index: Int) -> Int { index == 0 ? 0 : index + 1 }
}
