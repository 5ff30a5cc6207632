// Histograms, confusion matrices, and the columns of a series.

/// Counts in bins of equal width.
public struct Histogram: Sendable, Equatable {
  /// The lower bound of the first bin.
  public let start: Double
  /// The width of a bin.
  public let width: Double
  /// How many values each bin has.
  public private(set) var counts: [Int]
  /// Whether the values are integers.
  public let isWhole: Bool

  /// Empty bins over `range`; their width is an integer if the values are.
  public init(over range: ClosedRange<Double>, bins: Int, isWhole: Bool) {
    let span = range.upperBound - range.lowerBound
    let even = span / Double(max(1, bins))
    self.isWhole = isWhole
    if isWhole {
      width = max(1, even.rounded(.up))
      start = range.lowerBound - 0.5
    } else {
      width = even > 0 ? even : 1
      start = even > 0 ? range.lowerBound : range.lowerBound - 0.5
    }
    let needed = isWhole ? ((span + 1) / width).rounded(.up) : (even > 0 ? Double(bins) : 1)
    counts = [Int](repeating: 0, count: max(1, Int(min(needed, 100_000))))
  }

  /// Counts a value; values out of range go into the nearest bin, non-finite ones are ignored.
  public mutating func add(_ value: Double, times: Int = 1) {
    let bin = ((value - start) / width).rounded(.down)
    guard value.isFinite, bin.isFinite else { return }
    counts[Int(min(max(bin, 0), Double(counts.count - 1)))] += times
  }

  /// The center of a bin.
  public func center(_ index: Int) -> Double { start + (Double(index) + 0.5) * width }
}

extension Chart {
  /// A histogram.
  /// - Parameters:
  ///   - quantity: the label of the horizontal axis.
  ///   - marks: values to point out, such as the median.
  ///   - names: the names of the values 0, 1, 2, ...; empty if they have none.
  public static func distribution(
    _ histogram: Histogram, of quantity: String, title: String, marks: [Mark] = [], names: [String] = [],
    language: ChartLanguage = .en
  ) -> Chart {
    // The bars of classes don't touch: nothing lies between two classes.
    let bars = Series(
      "", style: .bars(width: histogram.width * (names.isEmpty ? 1 : 0.7)), color: 0,
      x: histogram.counts.indices.map(histogram.center), y: histogram.counts.map(Double.init))
    var x = Axis(quantity, scale: histogram.isWhole ? .integer : .linear)
    x.names = names
    let rows = Axis(language.pick("count", "数量"), scale: .integer, includesZero: true)
    let panel = Panel(x: x, y: rows, series: [bars], marks: marks)
    return Chart(title: title, panels: [panel], size: PictureSize(width: 1200, height: 500))
  }

  /// A confusion matrix.
  public static func confusion(_ matrix: ConfusionMatrix, title: String = "", language: ChartLanguage = .en)
    -> Chart
  {
    let panel = Panel(
      x: Axis(language.pick("predicted class", "预测类别")), y: Axis(language.pick("true class", "真实类别")),
      series: [], matrix: matrix)
    let side = min(1600, 620 + max(0, matrix.names.count - 8) * 45)
    let heading = title.isEmpty ? language.pick("Confusion matrix", "混淆矩阵") : title
    return Chart(title: heading, panels: [panel], size: PictureSize(width: side + 100, height: side))
  }

  /// What each token of a result, from the top, attends to in its source, from the left.
  public static func attention(_ map: HeatMap, title: String = "", language: ChartLanguage = .en) -> Chart {
    var panel = Panel(
      x: Axis(language.pick("source", "源序列")), y: Axis(language.pick("result", "结果")), series: [])
    panel.heat = map
    let heading = title.isEmpty ? language.pick("Attention", "注意力") : title
    return Chart(title: heading, panels: [panel], size: HeatMapLayout.size(map, title: heading))
  }

  /// The columns of a series over time or row number, one panel per column.
  /// - Parameter columns: one curve per column, with its name.
  public static func series(
    _ columns: [Series], hasTimes: Bool, title: String, language: ChartLanguage = .en
  ) -> Chart {
    let x =
      hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("row", "行"), scale: .integer)
    let panels = columns.map { column in
      var curve = column
      curve.name = ""
      return Panel(title: column.name, x: x, y: Axis(column.name), series: [curve])
    }
    let height = columns.count == 1 ? 500 : 80 + 320 * PanelGrid(count: panels.count).rows
    return Chart(title: title, panels: panels, size: PictureSize(width: 1400, height: height))
  }
}
