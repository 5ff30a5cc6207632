// What rnn-window reports: the number of windows, and how many were dropped.

import Failures
import JSON
import Sequences

/// Counts of windows.
struct WindowSummary {
  /// The windows in the training, validation and test part.
  private let counts: [Int]
  private let steps: Int
  private let straddling: Int
  private let spanningGaps: Int
  private let gaps: Int
  private let isSplit: Bool

  init(_ windower: Windower, gaps: Int, isSplit: Bool) {
    (counts, steps) = (windower.counts, windower.layout.length)
    (straddling, spanningGaps) = (windower.straddling, windower.spanningGaps)
    (self.gaps, self.isSplit) = (gaps, isSplit)
  }

  private var windows: Int { counts.reduce(0, +) }

  var json: JSONValue {
    let members = [
      "windows": windows, "train": counts[0], "validation": counts[1], "test": counts[2],
      "straddling": straddling, "over_gaps": spanningGaps, "gaps": gaps,
    ]
    return .object(members.mapValues { .integer(Int64($0)) })
  }

  var text: String {
    var text = "\(counted(windows, "window")) of \(counted(steps, "step"))"
    if isSplit { text += ": \(counts[0]) training, \(counts[1]) validation, \(counts[2]) test" }
    if straddling > 0 { text += "; \(straddling) dropped (targets in several parts)" }
    if spanningGaps > 0 { text += "; \(spanningGaps) dropped (gaps in the times)" }
    return text
  }
}
