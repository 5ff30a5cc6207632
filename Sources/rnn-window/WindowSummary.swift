// What rnn-window reports: the number of windows, and how many were dropped.

import Failures
import JSON
import Sequences
import Stage

/// Counts of windows.
struct WindowSummary {
  private let counts: WindowCounts
  private let gaps: Int
  private let isSplit: Bool
  private let time: String?
  private let layout: WindowLayout
  /// The number of series, and of those that were left out and padded; nil if there is one, without a name.
  private let series: (count: Int, leftOut: Int, padded: Int)?

  init(_ windower: Windower, gaps: Int, _ series: RereadableSeries) {
    var counts = WindowCounts()
    counts.parts = windower.counts
    (counts.straddling, counts.spanningGaps) = (windower.straddling, windower.spanningGaps)
    counts.incomplete = windower.incomplete
    (self.counts, self.gaps, isSplit, self.series) = (counts, gaps, series.hasParts, nil)
    (time, layout) = (series.schema.time?.column, windower.layout)
  }

  init(_ windower: PanelWindower, _ layout: WindowLayout, _ panel: SeriesPanel) {
    (counts, gaps, isSplit) = (windower.counts, windower.gaps, panel.hasParts)
    (time, self.layout) = (panel.schema.time?.column, layout)
    series = panel.column == nil ? nil : (windower.series, windower.leftOut, windower.padded)
  }

  private var windows: Int { counts.parts.reduce(0, +) }

  var json: JSONValue {
    var members = [
      "windows": windows, "train": counts.parts[0], "validation": counts.parts[1], "test": counts.parts[2],
      "straddling": counts.straddling, "over_gaps": counts.spanningGaps, "gaps": gaps,
      "incomplete": counts.incomplete,
    ]
    if let series {
      members.merge(["series": series.count, "short": series.leftOut, "padded": series.padded]) { $1 }
    }
    var object = members.mapValues { JSONValue.integer(Int64($0)) }
    object["time"] = time.map { .string($0) } ?? .null
    object["inputs"] = .array(layout.inputs.map { .string($0) })
    object["targets"] = .array(layout.targets.map { .string($0) })
    return .object(object)
  }

  /// The time column, the inputs and the targets.
  private var columns: String {
    let (inputs, targets) = (layout.inputs, layout.targets)
    let time = time.map { "; time column \(printable($0))" } ?? ""
    if inputs == targets {
      return time + (inputs.count == 1 ? "; input and target " : "; inputs and targets ") + listed(inputs)
    }
    return time + (inputs.count == 1 ? "; input " : "; inputs ") + listed(inputs)
      + (targets.count == 1 ? "; target " : "; targets ") + listed(targets)
  }

  private func listed(_ names: [String]) -> String {
    names.prefix(8).map { printable(ColumnList.quoted($0)) }.joined(separator: ", ")
      + (names.count > 8 ? ", ... (\(names.count) columns)" : "")
  }

  var text: String {
    let parts = counts.parts
    var text = "\(counted(windows, "window")) of \(counted(layout.length, "step"))"
    if let series { text += " of \(series.count) series" }
    if isSplit { text += ": \(parts[0]) training, \(parts[1]) validation, \(parts[2]) test" }
    if counts.straddling > 0 { text += "; \(counts.straddling) dropped (targets in several parts)" }
    if counts.spanningGaps > 0 { text += "; \(counts.spanningGaps) dropped (gaps in the times)" }
    if counts.incomplete > 0 { text += "; \(counts.incomplete) dropped (missing values)" }
    if let series, series.padded > 0 { text += "; \(series.padded) series padded" }
    return text + columns
  }
}
