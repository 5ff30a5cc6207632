// Columns of numbers against a first one, from one table or several: anything that depends on one quantity.

/// Curves over the same positions.
public struct CurveTable: Sendable {
  /// What tells this table from others, such as its file's name.
  public var name: String
  /// What the positions are called.
  public var xName: String
  /// The positions.
  public var x: [Double]
  /// Names and values, each as many as `x`; a value that is not finite leaves a gap.
  public var columns: [(name: String, values: [Double])]

  /// One array of values a column, as long as `x`.
  public init(name: String, xName: String, x: [Double], columns: [(name: String, values: [Double])]) {
    self.name = name
    self.xName = xName
    self.x = x
    self.columns = columns
  }
}

/// How curves are drawn.
public struct CurveLooks: Sendable {
  /// Whether the horizontal axis is logarithmic.
  public var isLogX: Bool
  /// Whether the vertical axis is logarithmic; values that are not above zero are left out.
  public var isLogY: Bool
  /// The words at the horizontal axis; nil for the tables' own.
  public var x: String?
  /// The words at the vertical axis; nil for the columns' name where it is the same everywhere.
  public var y: String?

  /// Linear axes with the tables' own words, unless told otherwise.
  public init(isLogX: Bool = false, isLogY: Bool = false, x: String? = nil, y: String? = nil) {
    self.isLogX = isLogX
    self.isLogY = isLogY
    self.x = x
    self.y = y
  }
}

extension Chart {
  /// Curves this short show where their points are.
  private static let fewPoints = 12

  /// All columns of all tables in one panel.
  public static func curves(_ tables: [CurveTable], _ looks: CurveLooks = CurveLooks()) -> Chart {
    let positions = Set(tables.flatMap(\.x))
    let isWhole = positions.allSatisfy { $0 == $0.rounded() }
    let columns = Set(tables.flatMap { $0.columns.map(\.name) })
    var x = Axis(looks.x ?? tables.first?.xName ?? "")
    x.scale = looks.isLogX ? .logarithmic : isWhole ? .counting : .linear
    x.positions = positions.count <= fewPoints && looks.isLogX ? positions.sorted() : nil
    var y = Axis(looks.y ?? (columns.count == 1 ? columns.first ?? "" : ""))
    y.scale = looks.isLogY ? .logarithmic : .linear
    return Chart(
      title: "", panels: [Panel(x: x, y: y, series: series(tables))],
      size: PictureSize(width: 1000, height: 500))
  }

  private static func series(_ tables: [CurveTable]) -> [Series] {
    let names = legend(tables)
    let all = tables.flatMap { table in table.columns.map { (x: table.x, y: $0.values) } }
    let lines = zip(names, all).enumerated().map { index, curve in
      Series(curve.0, color: index, x: curve.1.x, y: curve.1.y)
    }
    let spots = all.enumerated().filter { $0.element.x.count <= fewPoints }.map { index, curve in
      Series("", style: .spots, color: index, x: curve.x, y: curve.y)
    }
    return lines + spots
  }

  /// The columns' names where they tell the curves apart, else the tables', else both.
  private static func legend(_ tables: [CurveTable]) -> [String] {
    let columns = tables.flatMap { $0.columns.map(\.name) }
    if columns.count == 1 { return [""] }
    if Set(columns).count == columns.count { return columns }
    let owners = tables.flatMap { table in table.columns.map { _ in table.name } }
    if Set(owners).count == owners.count { return owners }
    return zip(owners, columns).map { "\($0) \($1)" }
  }
}
