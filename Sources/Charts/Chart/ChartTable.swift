// What a chart draws as a table with one line for each point or cell, for other programs. The columns depend on what is
// drawn, not on the language.

/// The data of a chart as a table.
public struct ChartTable: Sendable, Equatable {
  /// What a line has in a column.
  public enum Cell: Sendable, Equatable {
    /// Nothing.
    case none
    /// A text of the data or the chart.
    case text(String)
    /// A number, also one that isn't finite.
    case number(Double)
    /// A time in seconds since 1970.
    case time(Double)
  }

  /// The names of the columns.
  public private(set) var names: [String]
  /// The lines, each with a cell for every column.
  public private(set) var lines: [[Cell]] = []

  /// All that `chart` draws.
  public init(_ chart: Chart) {
    if let matrix = chart.panels.first?.matrix {
      (names, lines) = (["true", "predicted", "count", "fraction"], Self.lines(matrix))
    } else if let heat = chart.panels.first?.heat {
      (names, lines) = (["row", "row_label", "column", "column_label", "value"], Self.lines(heat))
    } else if let heat = chart.panels.first?.tokenHeat {
      (names, lines) = (["step", "token", "gate", "value"], Self.lines(heat))
    } else if let list = chart.panels.first?.tokens {
      (names, lines) = (["position", "id", "token", "target"], Self.lines(list))
    } else if let axes = chart.panels.first?.parallel {
      (names, lines) = (axes.quantities.map(\.name), Self.lines(axes))
    } else {
      let points = PointColumns(chart)
      (names, lines) = (points.names, chart.panels.flatMap(points.lines))
    }
  }

  private static func lines(_ matrix: ConfusionMatrix) -> [[Cell]] {
    matrix.names.indices.flatMap { row in
      matrix.names.indices.map { column in
        [
          .text(matrix.names[row]), .text(matrix.names[column]), .number(Double(matrix.counts[row][column])),
          .number(matrix.fraction(row, column)),
        ]
      }
    }
  }

  private static func lines(_ map: HeatMap) -> [[Cell]] {
    map.values.enumerated().flatMap { row, values in
      values.enumerated().map { column, value in
        [
          .number(Double(row + 1)), .text(map.rows[row]), .number(Double(column + 1)),
          .text(map.columns[column]), .number(value),
        ]
      }
    }
  }

  private static func lines(_ heat: TokenHeat) -> [[Cell]] {
    heat.tokens.indices.flatMap { token in
      heat.rows.map { row in
        [
          .number(Double(heat.steps[token])), .text(heat.tokens[token]), .text(row.key),
          .number(row.values[token]),
        ]
      }
    }
  }

  /// A line for each run.
  private static func lines(_ axes: ParallelAxes) -> [[Cell]] {
    axes.merits.indices.map { run in
      axes.quantities.map { quantity in
        guard let text = quantity.values[run] else { return .none }
        return Double(text).map(Cell.number) ?? .text(text)
      }
    }
  }

  private static func lines(_ list: TokenList) -> [[Cell]] {
    list.entries.map { $0.cells.map(Cell.text) }
  }
}

/// The columns of points: `panel`, `series`, `x` and `y`, and those that some of a chart's series need.
private struct PointColumns {
  let names: [String]
  private let hasBands: Bool
  private let hasBars: Bool
  private let details: [String]

  init(_ chart: Chart) {
    let all = chart.panels.flatMap(\.series)
    hasBands = all.contains { $0.style == .band }
    hasBars = all.contains { $0.barWidth != nil }
    details = all.compactMap(\.detail?.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    names =
      ["panel", "series", "x", "y"] + (hasBands ? ["low", "high"] : []) + (hasBars ? ["width"] : []) + details
  }

  func lines(_ panel: Panel) -> [[ChartTable.Cell]] {
    let name = panel.key.isEmpty ? panel.title.isEmpty ? panel.y.label : panel.title : panel.key
    return panel.series.flatMap { series in
      series.x.indices.map { index in
        [.text(name), .text(series.key.isEmpty ? series.name : series.key)] + cells(series, index, panel.x)
      }
    }
  }

  private func cells(_ series: Series, _ index: Int, _ axis: Axis) -> [ChartTable.Cell] {
    let (x, isBand) = (position(series.x[index], axis), series.style == .band)
    let band: [ChartTable.Cell] =
      isBand ? [.number(series.low[index]), .number(series.y[index])] : [.none, .none]
    let width = series.barWidth.map(ChartTable.Cell.number) ?? .none
    let more = details.map { name -> ChartTable.Cell in
      series.detail?.name == name
        ? (series.detail?.values[index]).map(ChartTable.Cell.number) ?? .none : .none
    }
    return [x, isBand ? .none : .number(series.y[index])] + (hasBands ? band : [])
      + (hasBars ? [width] : []) + more
  }

  private func position(_ x: Double, _ axis: Axis) -> ChartTable.Cell {
    if axis.scale == .time { return .time(x) }
    if let place = Int(exactly: x), axis.names.indices.contains(place) { return .text(axis.names[place]) }
    return .number(x)
  }
}

extension Series {
  /// The width of its bars; nil for other styles.
  fileprivate var barWidth: Double? { if case .bars(let width) = style { width } else { nil } }
}
