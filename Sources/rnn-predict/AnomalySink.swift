// Results about anomalies as lines of text.

import Inference
import Sequences
import Stage
import TensorFile

/// Writes results about anomalies as lines of text.
struct AnomalySink: PredictionSink {
  let file: OutputFile
  var text: PredictionText
  let targets: [String]
  let time: TimeColumn?
  private var rows = 0

  init(file: OutputFile, text: PredictionText, targets: [String], time: TimeColumn?) {
    (self.file, self.text, self.targets, self.time) = (file, text, targets, time)
  }

  mutating func write(_ chunk: Chunk) throws {
    let table = try AnomalyTable(chunk, targets: targets, time: time, firstRow: rows)
    rows += chunk.rows
    try text.forEachLine(of: table) { try file.write($0) }
  }

  func finish() throws { try file.finish() }
}
