// How often values occur, and how predicted classes meet true ones.

/// Counts in intervals of equal width.
public struct Histogram: Sendable, Equatable {
  /// Where the first interval begins.
  public let start: Double
  /// The width of an interval.
  public let width: Double
  /// How many values each interval has.
  public private(set) var counts: [Int]

  /// Empty intervals over `range`: of whole width where the values are whole numbers.
  public init(over range: ClosedRange<Double>, intervals: Int, isWhole: Bool) {
    let span = range.upperBound - range.lowerBound
    let even = span / Double(max(1, intervals))
    if isWhole {
      width = max(1, even.rounded(.up))
      start = range.lowerBound - 0.5
    } else {
      width = even > 0 ? even : 1
      start = even > 0 ? range.lowerBound : range.lowerBound - 0.5
    }
    let needed = isWhole ? ((span + 1) / width).rounded(.up) : (even > 0 ? Double(intervals) : 1)
    counts = [Int](repeating: 0, count: max(1, Int(min(needed, 100_000))))
  }

  /// Counts a value; what lies outside goes to the nearest interval, and what is no number nowhere.
  public mutating func add(_ value: Double, times: Int = 1) {
    guard value.isFinite else { return }
    let place = ((value - start) / width).rounded(.down)
    counts[Int(min(max(place, 0), Double(counts.count - 1)))] += times
  }

  /// The middle of an interval.
  func middle(_ index: Int) -> Double { start + (Double(index) + 0.5) * width }
}

extension Chart {
  /// A histogram.
  /// - Parameters:
  ///   - quantity: what the horizontal axis counts.
  ///   - marks: values to point out, such as the median.
  public static func distribution(
    _ histogram: Histogram, of quantity: String, title: String, marks: [Mark] = [],
    language: ChartLanguage = .en
  ) -> Chart {
    let bars = Series(
      "", style: .bars(width: histogram.width), color: 0, x: histogram.counts.indices.map(histogram.middle),
      y: histogram.counts.map(Double.init))
    let rows = Axis(language.pick("count", "数量"), scale: .counting, includesZero: true)
    let panel = Panel(x: Axis(quantity), y: rows, series: [bars], marks: marks)
    return Chart(title: title, panels: [panel], size: PictureSize(width: 1200, height: 500))
  }

  /// True classes against predicted ones.
  public static func confusion(_ matrix: CountMatrix, title: String = "", language: ChartLanguage = .en)
    -> Chart
  {
    let panel = Panel(
      x: Axis(language.pick("predicted class", "预测类别")), y: Axis(language.pick("true class", "真实类别")),
      series: [], matrix: matrix)
    let side = min(1600, 620 + max(0, matrix.names.count - 8) * 45)
    let heading = title.isEmpty ? language.pick("Predicted against true classes", "预测类别与真实类别") : title
    return Chart(title: heading, panels: [panel], size: PictureSize(width: side + 100, height: side))
  }

  /// Columns of a series against time or row number, a panel each.
  /// - Parameter columns: one curve a column, named after it.
  public static func series(
    _ columns: [Series], hasTimes: Bool, title: String, language: ChartLanguage = .en
  ) -> Chart {
    let x =
      hasTimes
      ? Axis(language.pick("time (UTC)", "时间 (UTC)"), scale: .time)
      : Axis(language.pick("row", "行"), scale: .counting)
    let panels = columns.map { column in
      var curve = column
      curve.name = ""
      return Panel(title: column.name, x: x, y: Axis(columns.count == 1 ? column.name : ""), series: [curve])
    }
    let height = columns.count == 1 ? 500 : 80 + 320 * PanelGrid(count: panels.count).rows
    return Chart(title: title, panels: panels, size: PictureSize(width: 1400, height: height))
  }
}
