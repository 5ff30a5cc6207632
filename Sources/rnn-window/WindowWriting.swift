// How rnn-window writes the windows of one series.

import Failures
import Sequences
import Stage
import TensorFile

extension Window {
  /// What is done about gaps: as the option says, else as for the model.
  func policy(_ model: WindowModel?) -> GapPolicy { gapOption.gaps ?? model?.time?.gaps ?? .error }

  func write(
    _ input: CompleteSeries, _ layout: WindowLayout, _ scan: SeriesScan, scaler: Scaler, _ run: StageRun
  ) throws {
    let record = sharding.shard.map { ShardRecord($0, of: layout.count(rows: input.series.rows), .windows) }
    if let record { run.takes(record) }
    var windower = try Windower(
      layout, series: input.series.schema, scaler: scaler, times: scan.times,
      allowsMissing: input.allowsMissing, numbers: record?.range)
    let out = try run.writer(output.path, header: header(input, layout, scan, scaler))
    try input.series.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: windower.windowsPerChunk) { try out.write(chunk) }
    }
    if record != nil, out.rowsWritten == 0 {
      try writeColumns(to: out, input, layout, scan, scaler: scaler)
    } else {
      try check(windower)
    }
    try out.finish()
    if scaler.kind != .none, scaler.basis == .all, like.path == nil {
      run.warn("the series is not split: the scaling was fitted on all \(counted(scan.rows, "row"))")
    }
    warnOfRounding(windower.blurredColumns, scaler, run)
    let summary = WindowSummary(windower, gaps: scan.gaps, input.series)
    run.result(summary.json, summary.text, stream: .error)
  }

  /// Writes the columns of a shard without windows.
  /// - Throws: `Failure` (data) if there are no windows at all.
  private func writeColumns(
    to out: OutputStream, _ input: CompleteSeries, _ layout: WindowLayout, _ scan: SeriesScan, scaler: Scaler
  ) throws {
    var windower = try Windower(
      layout, series: input.series.schema, scaler: scaler, times: scan.times,
      allowsMissing: input.allowsMissing)
    try input.series.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: windower.windowsPerChunk) { try out.write(chunk.slice(0..<0)) }
    }
    try check(windower)
  }

  func warnOfRounding(_ columns: [String], _ scaler: Scaler, _ run: StageRun) {
    for column in columns {
      let advice =
        if like.path != nil { "the model's scaling doesn't suit them" } else if scaler.kind == .none {
          "use --scale standard or minmax"
        } else { "even after scaling: the range is too large for its steps" }
      run.warn("column \(column): single precision can't distinguish neighboring values (\(advice))")
    }
  }

  private func header(
    _ input: CompleteSeries, _ layout: WindowLayout, _ scan: SeriesScan, _ scaler: Scaler
  ) -> StreamHeader {
    var header = input.header
    layout.write(into: &header)
    scaler.write(into: &header)
    scan.times?.column.write(into: &header)
    return header
  }

  /// Throws if there are no windows at all.
  private func check(_ windower: Windower) throws {
    guard windower.counts.reduce(0, +) == 0 else { return }
    if windower.straddling > 0 {
      throw Failure.data(
        "no windows are left: the targets of all \(windower.straddling) are in several parts",
        remedy: "use rnn-split --chronological, or split after rnn-window")
    }
    if windower.incomplete > 0 {
      throw Failure.data(
        "no windows are left: all \(windower.incomplete) use a missing value",
        remedy: "fill the missing values with --fill previous, for example")
    }
    throw Failure.data("no windows are left: all \(windower.spanningGaps) span a gap in the times")
  }
}
