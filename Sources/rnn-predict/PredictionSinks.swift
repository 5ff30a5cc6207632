// Where predictions go: a stream, or text in one of three forms.

import Failures
import Inference
import JSON
import Sequences
import Stage
import Tensor
import TensorFile

/// Takes chunks of predictions.
protocol PredictionSink {
  func write(_ chunk: Chunk) throws
  func finish() throws
}

/// A stream of kind `predictions`.
struct StreamSink: PredictionSink {
  private let output: OutputStream

  init(_ output: OutputStream) { self.output = output }

  func write(_ chunk: Chunk) throws {
    // The text was for whoever reads a table; the stream hands on y, time and split.
    try output.write(Chunk(chunk.columns.filter { $0.key != "text" }, rows: chunk.rows))
  }

  func finish() throws { try output.finish() }
}

/// Lines of text: comma- or tab-separated with a header, or a JSON object each.
final class TextSink: PredictionSink {
  private let file: OutputFile
  private let format: Predict.Format
  private let classes: ClassNames?
  private var names: [String]?

  init(_ file: OutputFile, _ format: Predict.Format, classes: ClassNames?) throws {
    self.file = file
    self.format = format
    self.classes = classes
  }

  func write(_ chunk: Chunk) throws {
    let table = try PredictionTable(chunk, classes: classes)
    if names == nil, format != .jsonl { try writeLine(table.names.map { .string($0) }) }
    names = table.names
    for row in 0..<chunk.rows {
      let cells = table.cells(row)
      if format == .jsonl {
        let members = Dictionary(uniqueKeysWithValues: zip(table.names, cells))
        try file.write(JSONValue.object(members).text + "\n")
      } else {
        try writeLine(cells)
      }
    }
  }

  func finish() throws { try file.finish() }

  /// Sends on what was written, for whoever waits for it.
  func flush() throws { try file.flush() }

  private func writeLine(_ cells: [JSONValue]) throws {
    let texts = cells.map { cell in cell.string.map { quoted($0) } ?? cell.text }
    try file.write(texts.joined(separator: format == .csv ? "," : "\t") + "\n")
  }

  private func quoted(_ text: String) -> String {
    if format == .tsv {
      return text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
    }
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
