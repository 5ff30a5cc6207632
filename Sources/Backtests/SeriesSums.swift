// Sums of series, judged beside them: the forecasts of a whole origin become those of all series and sums. All series must
// have the same times, so that their rows can be added up.

import Failures
import Sequences

/// A hierarchy over the series of a backtest.
public struct SeriesSums: Sendable {
  let hierarchy: Hierarchy
  /// The series, then their sums.
  let judged: BacktestPanel
  /// What the model forecasts: the series, or their total.
  let modeled: BacktestPanel

  /// - Parameter levels: the groups of each level, such as country and country/region: the columns that name them.
  /// - Throws: `Failure`: the series don't have the same times (data), or the hierarchy makes no sense (usage).
  public init(
    _ method: Hierarchy.Method, sums: [String], levels: [[String]], _ panel: BacktestPanel,
    groups: SeriesGroups
  ) throws {
    try Self.checkTimes(panel)
    let known = Set(panel.names)
    if let short = groups.series.first(where: { !known.contains($0) }) {
      throw Failure.data(
        "series can only be added up if they have the same times, but series \(short) is too short for a window and its "
          + "targets", remedy: "keep the rows that all series have, or omit --hierarchy")
    }
    hierarchy = try Hierarchy(
      method, sums: sums, groups: try levels.map { try groups.names($0, of: panel.names) },
      series: panel.names)
    let rows = panel.series.map(\.rows.values)
    var all = panel.series
    for sum in hierarchy.sums {
      var values = Array(repeating: 0.0, count: rows[0].count)
      for member in sum.members { for index in values.indices { values[index] += rows[member][index] } }
      let statics = panel.staticColumns.map { _ in "" }
      all.append(panel.series[0].with(name: sum.name, statics: statics, values: values))
    }
    judged = BacktestPanel(panel, panel.request, column: panel.column, series: all)
    modeled = method == .bottomUp ? panel : try Self.total(panel, all)
  }

  /// The total alone, whose inputs are its own targets.
  private static func total(_ panel: BacktestPanel, _ all: [CheckedSeries]) throws -> BacktestPanel {
    var request = panel.request
    request.layout.inputs = request.layout.targets
    if request.scope == .series { request.scope = .all }
    return BacktestPanel(panel, request, column: nil, series: Array(all.suffix(1)))
  }

  private static func checkTimes(_ panel: BacktestPanel) throws(Failure) {
    guard let first = panel.series.first else { return }
    let other = panel.series.first {
      $0.history != first.history || $0.historyTimes.map(Array.init) != first.historyTimes.map(Array.init)
    }
    guard let other else { return }
    func span(_ one: CheckedSeries) -> String {
      guard let column = panel.times?.column, let times = one.historyTimes, let begin = times.first,
        let end = times.last
      else { return "has \(counted(one.history, "row"))" }
      return "has \(counted(one.history, "row")) from \(column.text(begin)) to \(column.text(end))"
    }
    throw Failure.data(
      "series can only be added up if they have the same times, but series \(other.name ?? "") \(span(other)) and "
        + "\(first.name ?? "") \(span(first))",
      remedy: "keep the rows that all series have, or omit --hierarchy")
  }

  /// The values of all judged series from those of the series that are forecast.
  /// - Parameters:
  ///   - forecasts: `[series][horizon * targets]`.
  ///   - origin: the number of known rows.
  func all(_ forecasts: [[Double]], at origin: Int) throws -> [[Double]] {
    let width = forecasts.first?.count ?? 0
    let targets = judged.request.layout.targets
    let shares = try hierarchy.method == .bottomUp ? [] : targets.map { try self.shares($0, at: origin) }
    var result = judged.series.map { _ in [Double](repeating: 0, count: width) }
    for index in 0..<width {
      let values = hierarchy.all(
        forecasts.map { $0[index] }, shares: shares.isEmpty ? [] : shares[index % targets.count])
      for (series, value) in values.enumerated() { result[series][index] = value }
    }
    return result
  }

  /// The shares of the series in their total, over the rows before an origin in which all are known.
  private func shares(_ target: String, at origin: Int) throws -> [Double] {
    let column = try judged.schema.indices(of: [target])[0]
    let parts = try hierarchy.bottoms.indices.map { try judged.known($0, at: origin).column(column) }
    let known = (0..<origin).filter { row in parts.allSatisfy { !$0[row].isNaN } }
    let sums = parts.map { part in known.reduce(0) { $0 + part[$1] } }
    let total = sums.reduce(0, +)
    guard total != 0 else {
      throw Failure.data(
        "the total before origin \(origin) is 0, so series have no shares in it",
        remedy: "use --hierarchy bottom-up")
    }
    return sums.map { $0 / total }
  }
}

/// The groups of series by the columns that describe them.
public struct SeriesGroups {
  private static let separator = "/"
  private let columns: [String]
  private let cells: [String: [String]]
  /// The names of the series.
  let series: [String]

  /// - Parameter panel: series with the columns of all levels.
  public init(_ panel: SeriesPanel) throws {
    columns = panel.staticColumns
    var cells: [String: [String]] = [:]
    var series: [String] = []
    try panel.forEach {
      series.append($0.name ?? "")
      cells[$0.name ?? ""] = $0.statics
    }
    (self.cells, self.series) = (cells, series)
  }

  /// The levels in `--levels country,country/region`, as lists of columns.
  /// - Throws: `Failure` (usage) if one is empty or named twice.
  public static func levels(_ text: String) throws(Failure) -> [[String]] {
    var levels: [[String]] = []
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      let level = item.split(separator: separator, omittingEmptySubsequences: false).map {
        String($0.drop { $0 == " " })
      }
      guard !level.contains(""), !levels.contains(level) else {
        throw Failure.usage(
          "\(text) is not a list of levels", at: "--levels",
          remedy: "name columns that describe the series: --levels country,country/region")
      }
      levels.append(level)
    }
    return levels
  }

  /// The group of each series, such as `DE/north`.
  /// - Throws: `Failure` (data) if a column is missing, or empty for a series.
  func names(_ level: [String], of series: [String]) throws -> [String] {
    let places = try SeriesSchema(columns: columns).indices(of: level)
    return try series.map { name in
      let parts = places.map { cells[name]?[$0] ?? "" }
      if let empty = parts.firstIndex(of: "") {
        throw Failure.data(
          "series \(name): column \(level[empty]) is empty, so it is in no group of --levels",
          remedy: "fill it in, or use other levels")
      }
      return parts.joined(separator: Self.separator)
    }
  }
}
