// Columns of numbers plotted against the first column, from one table or several.

/// Curves with shared x values.
public struct CurveTable: Sendable {
  /// The name that distinguishes this table from others, such as its file name.
  public var name: String
  /// The name of the x values.
  public var xName: String
  /// The x values.
  public var x: [Double]
  /// Names and values, one value per `x`; a non-finite value leaves a gap.
  public var columns: [(name: String, values: [Double])]

  /// Each column has one value per `x`.
  public init(name: String, xName: String, x: [Double], columns: [(name: String, values: [Double])]) {
    self.name = name
    self.xName = xName
    self.x = x
    self.columns = columns
  }
}

/// How the axes of a curve chart are drawn.
public struct CurveAxes: Sendable {
  /// Whether the horizontal axis is logarithmic.
  public var isLogX: Bool
  /// Whether the vertical axis is logarithmic; values that are not positive are left out.
  public var isLogY: Bool
  /// The label of the horizontal axis; nil for the first table's `xName`.
  public var x: String?
  /// The label of the vertical axis; nil for the columns' name if they all share one.
  public var y: String?

  /// By default, linear axes labeled by the tables.
  public init(isLogX: Bool = false, isLogY: Bool = false, x: String? = nil, y: String? = nil) {
    self.isLogX = isLogX
    self.isLogY = isLogY
    self.x = x
    self.y = y
  }
}

extension Chart {
  /// All columns of all tables in one panel.
  public static func curves(
    _ tables: [CurveTable], _ axes: CurveAxes = CurveAxes(), language: ChartLanguage = .en
  ) -> Chart {
    let positions = Set(tables.flatMap(\.x))
    let isWhole = positions.allSatisfy { $0 == $0.rounded() }
    let columns = Set(tables.flatMap { $0.columns.map(\.name) })
    var x = Axis(axes.x ?? language.metric(tables.first?.xName ?? ""))
    x.scale = axes.isLogX ? .logarithmic : isWhole ? .integer : .linear
    x.positions = positions.count <= CurveStyles.maxMarkedPoints && axes.isLogX ? positions.sorted() : nil
    var y = Axis(
      axes.y ?? (columns.count == 1 ? language.metric(columns.first ?? "") : language.pick("value", "值")))
    y.scale = axes.isLogY ? .logarithmic : .linear
    return Chart(
      title: "", panels: [Panel(x: x, y: y, series: series(tables, axes, language))],
      size: PictureSize(width: 1000, height: height(curves: tables.reduce(0) { $0 + $1.columns.count })))
  }

  /// The height of a picture whose legend leaves room for the curves.
  static func height(curves: Int) -> Int { 500 + 16 * min(200, max(0, curves - 4)) }

  private static func series(_ tables: [CurveTable], _ axes: CurveAxes, _ language: ChartLanguage) -> [Series]
  {
    let names = legend(tables, language)
    let all = tables.flatMap { table in table.columns.map { (x: table.x, y: $0.values) } }
    let styles = CurveStyles(all, isLogarithmic: axes.isLogY)
    return zip(names, all).enumerated().map { index, curve in
      Series(curve.0, style: styles[index], color: index, x: curve.1.x, y: curve.1.y)
    }
  }

  /// The column names if they are unique, else the table names if those are, else both.
  private static func legend(_ tables: [CurveTable], _ language: ChartLanguage) -> [String] {
    let columns = tables.flatMap { $0.columns.map(\.name) }
    if columns.count == 1 { return [""] }
    if Set(columns).count == columns.count { return columns.map(language.metric) }
    let owners = tables.flatMap { table in table.columns.map { _ in table.name } }
    if Set(owners).count == owners.count { return owners }
    return zip(owners, columns).map { "\($0) \(language.metric($1))" }
  }
}
