// What rnn-window reports: the number of windows, and how many were dropped.

import Failures
import JSON
import Sequences
import Stage

/// Counts of windows.
struct WindowSummary {
  /// The windows in the training, validation and test part.
  private let counts: [Int]
  private let steps: Int
  private let straddling: Int
  private let spanningGaps: Int
  private let gaps: Int
  private let incomplete: Int
  private let isSplit: Bool
  private let time: String?
  private let layout: WindowLayout

  init(_ windower: Windower, gaps: Int, _ series: RereadableSeries) {
    (counts, steps) = (windower.counts, windower.layout.length)
    (straddling, spanningGaps) = (windower.straddling, windower.spanningGaps)
    (incomplete, self.gaps, isSplit) = (windower.incomplete, gaps, series.hasParts)
    (time, layout) = (series.schema.time?.column, windower.layout)
  }

  private var windows: Int { counts.reduce(0, +) }

  var json: JSONValue {
    let members = [
      "windows": windows, "train": counts[0], "validation": counts[1], "test": counts[2],
      "straddling": straddling, "over_gaps": spanningGaps, "gaps": gaps, "incomplete": incomplete,
    ]
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
    var text = "\(counted(windows, "window")) of \(counted(steps, "step"))"
    if isSplit { text += ": \(counts[0]) training, \(counts[1]) validation, \(counts[2]) test" }
    if straddling > 0 { text += "; \(straddling) dropped (targets in several parts)" }
    if spanningGaps > 0 { text += "; \(spanningGaps) dropped (gaps in the times)" }
    if incomplete > 0 { text += "; \(incomplete) dropped (missing values)" }
    return text + columns
  }
}
