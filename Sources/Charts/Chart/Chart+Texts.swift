// All texts of a chart, which may be from outside: titles, names of columns, classes and runs, tokens.

extension Chart {
  /// The chart with every text changed by `change`, such as to escape control characters for a terminal.
  public func mapTexts(_ change: (String) -> String) -> Chart {
    var chart = self
    chart.title = change(title)
    chart.panels = panels.map { $0.mapTexts(change) }
    return chart
  }
}

extension Panel {
  fileprivate func mapTexts(_ change: (String) -> String) -> Panel {
    var panel = self
    panel.title = change(title)
    (panel.x, panel.y) = (x.mapTexts(change), y.mapTexts(change))
    for index in panel.series.indices { panel.series[index].name = change(series[index].name) }
    for index in panel.marks.indices { panel.marks[index].name = change(marks[index].name) }
    panel.matrix = matrix.map { ConfusionMatrix(names: $0.names.map(change), counts: $0.counts) }
    panel.heat = heat.map {
      HeatMap(rows: $0.rows.map(change), columns: $0.columns.map(change), values: $0.values)
    }
    panel.parallel = parallel?.mapTexts(change)
    panel.tokenHeat = tokenHeat?.mapTexts(change)
    panel.tokens = tokens.map { list in
      TokenList(header: list.header.mapTexts(change), entries: list.entries.map { $0.mapTexts(change) })
    }
    return panel
  }
}

extension Axis {
  fileprivate func mapTexts(_ change: (String) -> String) -> Axis {
    var axis = self
    (axis.label, axis.names) = (change(label), names.map(change))
    return axis
  }
}

extension ParallelAxes {
  fileprivate func mapTexts(_ change: (String) -> String) -> ParallelAxes {
    let quantities = quantities.map {
      Quantity(name: change($0.name), values: $0.values.map { $0.map(change) })
    }
    return ParallelAxes(quantities: quantities, merits: merits)
  }
}

extension TokenList.Entry {
  fileprivate func mapTexts(_ change: (String) -> String) -> TokenList.Entry {
    TokenList.Entry(position: position, id: id, word: change(word), target: change(target))
  }
}
