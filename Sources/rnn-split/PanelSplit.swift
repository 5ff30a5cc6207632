// Splits several series in time order, each by itself, or one whose future is known in part.

import Failures
import JSON
import Sequences
import Stage
import TensorFile

/// The work of rnn-split on a panel.
struct PanelSplit {
  private let command: Split
  private let panel: SeriesPanel
  private let partition: Partition
  private let run: StageRun

  init(_ command: Split, _ panel: SeriesPanel, _ partition: Partition, _ run: StageRun) throws {
    (self.command, self.panel, self.partition, self.run) = (command, panel, partition, run)
    guard case .chronological = partition else {
      throw Failure.usage(
        panel.column == nil
          ? "the future of a series can't be split at random"
          : "series are split in time order, each by itself",
        at: "--\(partition.method)", remedy: "use --chronological, such as --chronological 0.7,0.1,0.2")
    }
  }

  func split() throws {
    let known = try ColumnList(command.covariates.known).names(among: panel.schema.columns)
    let hasTimes = panel.schema.time != nil
    // The first pass counts, since the header comes first.
    var counting = PanelSplitter(partition, panel.schema, fill: .drop, known: known, hasTimes: hasTimes)
    try panel.forEach { try counting.add($0) { _ in } }
    try counting.finish { _ in }
    let out = try ShardedOutput(
      command, header(counting.counts), rows: counting.counts.reduce(0, +), run)
    var splitter = PanelSplitter(
      partition, panel.schema, fill: command.series.fill, known: known, hasTimes: hasTimes)
    try panel.forEach { try splitter.add($0) { try out.write($0) } }
    try splitter.finish { try out.write($0) }
    try out.finish()
    report(splitter)
  }

  private func header(_ counts: [Int]) throws -> StreamHeader {
    var header = StreamHeader(kind: "series")
    panel.schema.write(into: &header)
    try command.series.form().write(into: &header)
    SourceForm(encoding: try command.encoding.choice().name).write(into: &header)
    panel.write(into: &header)
    SplitMetadata(method: partition.method, parts: counts, seed: nil).write(into: &header)
    return header
  }

  private func report(_ splitter: PanelSplitter) {
    if splitter.filled > 0 {
      run.note("filled \(splitter.filled) missing value\(splitter.filled == 1 ? "" : "s")")
    }
    if splitter.futureRows > 0 {
      run.note(
        "\(counted(splitter.futureRows, "row")) with known columns alone at the end of the series left out: the future"
      )
    }
    for warning in splitter.warnings { run.warn(warning) }
    let counts = splitter.counts
    var members = [
      "train": counts[0], "validation": counts[1], "test": counts[2], "cut_off": splitter.cut,
    ]
    if panel.column != nil { members["series"] = splitter.series }
    let rest = splitter.cut == 0 ? "" : "; \(counted(splitter.cut, "row")) at the end of the series dropped"
    let series = panel.column == nil ? "" : " of \(splitter.series) series"
    run.result(
      .object(members.mapValues { .integer(Int64($0)) }),
      "\(counts[0]) training, \(counts[1]) validation and \(counts[2]) test rows\(series)\(rest)"
        + command.columnsText(panel.schema), stream: .error)
  }
}

extension Split {
  /// Splits the rows of each series by themselves.
  func splitEach(_ stream: RereadableStream, _ partition: Partition, _ run: StageRun) throws {
    var splitter = PanelRowSplitter(partition)
    try stream.chunks { try splitter.count($0) }
    let counts = try splitter.counts()
    var header = stream.header
    metadata(partition, counts).write(into: &header)
    let out = try ShardedOutput(self, header, rows: counts.reduce(0, +), run)
    try stream.chunks { if let chunk = try splitter.split($0) { try out.write(chunk) } }
    try out.finish()
    for warning in splitter.warnings { run.warn(warning) }
    let rest = splitter.cut == 0 ? "" : "; \(counted(splitter.cut, "row")) at the end of the series dropped"
    report(counts, cut: splitter.cut, rest: rest, run)
  }
}
