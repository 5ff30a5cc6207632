// How rnn-synth writes rows as text: CSV, lines with tabs, or CoNLL-U.

import Calendar
import Sequences
import Stage
import TensorFile

extension Synth {
  /// Writes the rows of a data set as CSV or lines.
  func writeText(_ run: StageRun) throws {
    guard var dataset = try dataset() else { return }
    let out = try run.file(output.path)
    if var pairs = dataset as? any SyntheticPairs {
      try writeLines(of: &pairs, to: out)
    } else {
      try writeTable(&dataset, to: out)
    }
    try out.finish()
    report(dataset.rows, to: run)
  }

  private func writeTable(_ dataset: inout any SyntheticDataset, to out: OutputFile) throws {
    if format == .csv {
      try out.write(name.schema?.csvHeader ?? (name == .gestures ? gestureHeader : "label,text\n"))
    }
    var firstRow = 0
    try forEachBlock(&dataset) { chunk in
      try out.write(lines(chunk, firstRow: firstRow))
      firstRow += chunk.rows
    }
  }

  private func lines(_ chunk: Chunk, firstRow: Int) throws -> String {
    if name == .gestures { return gestureLines(chunk, firstRow: firstRow) }
    guard let schema = name.schema else { return reviewLines(chunk).joined() }
    let rows = try SeriesRows(chunk, schema: schema)
    return name == .anomalies ? meterLines(rows) : rows.csv
  }

  /// Writes sentences as CoNLL-U.
  func writeSentences(_ run: StageRun) throws {
    let out = try run.file(output.path)
    var sentences = SyntheticSentences(seed: seed.seed)
    let count = rows ?? name.usualRows
    for _ in 0..<count { try out.write(sentences.next()) }
    try out.finish()
    report(count, to: run)
  }

  /// Writes shops as CSV.
  func writeSales(_ run: StageRun) throws {
    let out = try run.file(output.path)
    var shops = SyntheticSales(days: length ?? 730, future: future ?? 0, noise: noise ?? 0.1, seed: seed.seed)
    let count = rows ?? name.usualRows
    try out.write(SyntheticSales.csvHeader)
    for _ in 0..<count { try out.write(shops.next()) }
    try out.finish()
    report(count, to: run)
  }

  /// `source<TAB>target`.
  private func writeLines(of pairs: inout any SyntheticPairs, to out: OutputFile) throws {
    for _ in 0..<pairs.rows {
      let pair = pairs.pair()
      try out.write("\(pair.source)\t\(pair.target)\n")
    }
  }

  private var gestureHeader: String { (["id", "gesture"] + Gestures.axes).joined(separator: ",") + "\n" }

  /// One line for each step: the gesture's number, its kind, and the position.
  private func gestureLines(_ chunk: Chunk, firstRow: Int) -> String {
    guard let x = chunk.columns["x"]?.ragged, let labels = chunk.columns["y"]?.tensor?.integers else {
      return ""
    }
    let (values, offsets) = (x.values.doubles, x.offsets)
    return labels.indices.map { row in
      (offsets[row]..<offsets[row + 1]).map { step in
        let position = values[step * 3..<step * 3 + 3].map { "\($0)" }.joined(separator: ",")
        return "\(firstRow + row + 1),\(Gestures.classes[labels[row]]),\(position)\n"
      }.joined()
    }.joined()
  }

  /// `time,value,label,kind`, the last two as whole numbers.
  private func meterLines(_ rows: SeriesRows) -> String {
    zip(rows.times ?? [], stride(from: 0, to: rows.values.count, by: rows.width)).map { time, first in
      let (value, label, kind) = (rows.values[first], rows.values[first + 1], rows.values[first + 2])
      return "\(timeText(time)),\(value),\(Int(label)),\(Int(kind))\n"
    }.joined()
  }

  /// `label<TAB>text` or `label,text`, with the names of the classes.
  private func reviewLines(_ chunk: Chunk) -> [String] {
    guard let texts = chunk.columns["text"]?.ragged, let bytes = texts.values.values(as: UInt8.self),
      let labels = chunk.columns["y"]?.tensor?.integers
    else { return [] }
    let offsets = texts.offsets
    return labels.indices.map { row in
      let text = String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self)
      let label = SyntheticReviews.classes[labels[row]]
      return format == .csv ? "\(label),\(csvField(text))\n" : "\(label)\t\(text)\n"
    }
  }
}
