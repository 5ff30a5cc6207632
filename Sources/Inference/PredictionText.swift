// Predictions as lines of text: comma- or tab-separated with a header, or one JSON object per line.

import JSON
import Sequences
import TensorFile

/// A text format for predictions.
public enum PredictionFormat: String, Sendable, CaseIterable {
  case csv, tsv, jsonl
}

/// Formats predictions chunk by chunk.
public struct PredictionText {
  private let format: PredictionFormat
  private let classes: ClassNames?
  private let threshold: Float
  private var needsHeader: Bool

  /// The format of the predictions of `model`.
  public init(_ format: PredictionFormat, _ model: LoadedModel) {
    self.format = format
    classes = model.classes
    threshold = model.classThreshold
    needsHeader = format != .jsonl
  }

  /// Calls `body` with every line of a chunk, including the newline; the first chunk starts with the header.
  public mutating func forEachLine(of chunk: Chunk, _ body: (String) throws -> Void) throws {
    let table = try PredictionTable(chunk, classes: classes, threshold: threshold)
    if needsHeader { try body(separated(table.names.map { .string($0) })) }
    needsHeader = false
    for row in 0..<chunk.rows {
      let cells = table.cells(row)
      if format == .jsonl {
        let members = Dictionary(uniqueKeysWithValues: zip(table.names, cells))
        try body(JSONValue.object(members).text + "\n")
      } else {
        try body(separated(cells))
      }
    }
  }

  private func separated(_ cells: [JSONValue]) -> String {
    let texts = cells.map { cell in cell.string.map { quoted($0) } ?? cell.text }
    return texts.joined(separator: format == .csv ? "," : "\t") + "\n"
  }

  private func quoted(_ text: String) -> String {
    if format == .tsv {
      return text.replacing("\\", with: "\\\\").replacing("\t", with: "\\t").replacing("\n", with: "\\n")
    }
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
