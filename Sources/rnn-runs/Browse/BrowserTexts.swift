// The texts of rnn-runs browse: a run, its lineage, a comparison, and the help.

import Charts
import Registry
import Screens
import Stage

/// Makes texts for a screen.
struct BrowserTexts {
  let registry: Registry
  let size: ScreenSize
  let style: TextStyle

  /// The text of a page.
  func pager(_ page: Browser.Page) throws -> Pager {
    switch page {
    case .help: Pager(title: "Keys", Self.help.map { StyledLine($0) })
    case .run(let id): try run(id)
    case .lineage(let id): try lineage(id)
    case .comparison(let ids): try comparison(ids)
    }
  }

  private func run(_ id: String) throws -> Pager {
    let details = try registry.details(of: id)
    let points = try registry.metrics(of: id)
    let curves = Dictionary(grouping: points, by: \.name).sorted { $0.key < $1.key }.map {
      Self.curve($0.key, $0.value)
    }
    let chart = curves.contains { $0.values.count > 1 } ? lines(.history(curves)) : []
    let text = ShowRun.text(details).split(separator: "\n", omittingEmptySubsequences: false)
    return Pager(title: Self.label(details.run), text.map { StyledLine(String($0)) } + chart)
  }

  private func lineage(_ id: String) throws -> Pager {
    func tree(_ direction: LineageDirection) throws -> [StyledLine] {
      LineageTree(try registry.lineage(of: id, direction)).text.split(separator: "\n").map {
        StyledLine(String($0))
      }
    }
    let lines =
      [StyledLine("Made from:", .bold)] + (try tree(.up)) + [StyledLine(), StyledLine("Used by:", .bold)]
    return Pager(title: "Lineage of \(Self.label(try registry.run(id)))", lines + (try tree(.down)))
  }

  private static func label(_ run: Run) -> String {
    [run.stage, run.name, run.shortID].compactMap { $0 }.joined(separator: " ")
  }

  private static func curve(_ name: String, _ points: [MetricPoint]) -> HistoryCurve {
    HistoryCurve(name: name, epochs: points.map { Double($0.step) }, values: points.map(\.value))
  }

  /// A chart as lines; none if there is nothing to draw.
  private func lines(_ chart: Chart) -> [StyledLine] {
    guard let chart = try? chart.drawable() else { return [] }
    var style = style
    (style.columns, style.lines) = (min(size.columns, 120), max(12, min(size.lines, 20)) * chart.panels.count)
    let text = TextRenderer(style).text(chart.mapTexts(printable))
    return [StyledLine()]
      + text.split(separator: "\n", omittingEmptySubsequences: false).map { StyledLine(finished: String($0)) }
  }
}

// MARK: - Comparison

extension BrowserTexts {
  private func comparison(_ ids: [String]) throws -> Pager {
    let runs = try registry.compared(registry.runs(withIDs: ids))
    var table = Table([.left("")] + runs.map { .left($0.run.shortID) })
    func add(_ title: String, _ cell: (ComparedRun) -> String?) {
      let cells = runs.map { cell($0) ?? "-" }
      if cells.contains(where: { $0 != "-" }) { table.add([title] + cells) }
    }
    add("NAME", \.run.name)
    add("STAGE", \.run.stage)
    add("STATUS", \.run.status.rawValue)
    add("STARTED") { String($0.run.startedAt.localText.prefix(16)) }
    add("TIME") { $0.run.wall.map { Words.seconds($0) } }
    for key in Set(runs.flatMap(\.parameters.keys)).sorted()
    where Set(runs.map { $0.parameters[key] }).count > 1 {
      add(key) { $0.parameters[key] }
    }
    for name in metrics(of: runs) {
      add(name) { $0.metrics[name]?.last.map(Words.number) }
      add("\(name) best") { run in
        run.metrics[name].flatMap(WatchFrame.best).map { "\(Words.number($0.value)) at \($0.step)" }
      }
    }
    let text = table.text(TableDisplay(width: nil, hasColors: false))
    return Pager(
      title: "\(runs.count) runs: what differs, and how well they did",
      text.split(separator: "\n").map { StyledLine(String($0)) } + (try charts(runs)))
  }

  /// The metrics of any of the runs, the main one first.
  private func metrics(of runs: [ComparedRun]) -> [String] {
    let names = Set(runs.flatMap(\.metrics.keys)).sorted()
    let main = MetricDirection.main(of: names)
    return names.filter { $0 == main } + names.filter { $0 != main }
  }

  /// The curves of the first metrics, those of all runs in one chart.
  private func charts(_ runs: [ComparedRun]) throws -> [StyledLine] {
    let names = Array(metrics(of: runs).filter { $0 != "learning_rate" }.prefix(4))
    let histories = try registry.histories(of: names, in: runs.map(\.run))
    return names.flatMap { name in
      let curves = runs.compactMap { run -> (label: String, curve: HistoryCurve)? in
        let points = (histories[run.run.id] ?? []).filter { $0.name == name }
        return points.isEmpty ? nil : (run.label, Self.curve(name, points))
      }
      return lines(.comparison(of: name, runs: curves))
    }
  }
}

// MARK: - Help

extension BrowserTexts {
  private static let help = """
    Moving
      arrows, h j k l      one row or column; Tab also goes to the next column
      PageUp, PageDown     one page; Ctrl-U and Ctrl-D half of one
      Home, End, g, G      the first and the last row
      0, $                 the first and the last column

    Runs
      Enter                everything about the run
      t, L                 its lineage: what it was made from, and what was made from it
      Space                marks the run; u removes all marks
      c                    compares the marked runs
      y                    ends, and prints the ids of the marked runs, or of this one

    Columns
      s or <, S or >       sorts by this column, the smallest or the largest first
      d, D                 hides this column; shows all that are hidden
      m, p                 chooses metrics; parameters

    Filter
      /                    words that must occur in the id, the stage, the name, the command, the error or a tag,
                           and conditions, separated by spaces:
                             units>=64  optimizer!=sgd  val_loss:min<0.3  project=imdb
                             stage=train  status=failed  name=baseline  since=2d  until=yesterday
                           "in quotes" is text, whatever it contains
      Esc                  removes the filter

    Others
      r                    reads the registry again
      Ctrl-L               draws the screen again
      q                    quits
    """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
