// The output of rnn-predict: a stream, or lines of text.

import Inference
import Stage
import TensorFile

/// Writes chunks of predictions.
protocol PredictionSink {
  mutating func write(_ chunk: Chunk) throws
  func finish() throws
}

/// Writes a stream of kind `predictions`.
struct StreamSink: PredictionSink {
  let output: OutputStream

  func write(_ chunk: Chunk) throws {
    // The text is only for tables; the stream has y, time and split.
    try output.write(Chunk(chunk.columns.filter { $0.key != "text" }, rows: chunk.rows))
  }

  func finish() throws { try output.finish() }
}

/// Writes lines of text.
struct TextSink: PredictionSink {
  let file: OutputFile
  var text: PredictionText

  mutating func write(_ chunk: Chunk) throws {
    try text.forEachLine(of: chunk) { try file.write($0) }
  }

  func finish() throws { try file.finish() }

  /// Sends buffered text to its readers.
  func flush() throws { try file.flush() }
}
