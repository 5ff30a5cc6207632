// Predictions as lines of text: comma- or tab-separated with a header, or one JSON object per line.

import JSON
import Sequences
import TensorFile

/// A text format for predictions.
public enum PredictionFormat: String, Sendable, CaseIterable {
  case csv, tsv, jsonl
  /// The predicted texts alone, one per line.
  case lines
  /// Words with their tags, as CoNLL-U or in the columns of the input.
  case conllu, conll

  /// Whether it is for words with tags only.
  public var isOfTags: Bool { self == .conllu || self == .conll }
}

/// Formats predictions chunk by chunk.
public struct PredictionText {
  private let format: PredictionFormat
  private let classes: ClassNames?
  private let threshold: Float
  private let outputs: [String]?
  private let forecast: ForecastForm?
  private var needsHeader: Bool
  private var rows = 0

  /// - Parameters:
  ///   - classes: the names of the classes, if they have any.
  ///   - threshold: the threshold of a single output for class 1: 0 for a logit.
  ///   - outputs: the names of the values of a prediction that is one line.
  ///   - forecast: how forecasts are written, with a line for each window, step and target; nil for one line per row.
  public init(
    _ format: PredictionFormat, classes: ClassNames?, threshold: Float = 0.5, outputs: [String]? = nil,
    forecast: ForecastForm? = nil
  ) {
    self.format = format
    self.classes = classes
    self.threshold = threshold
    self.outputs = outputs
    self.forecast = forecast
    needsHeader = format == .csv || format == .tsv
  }

  /// Calls `body` with every line of a chunk, including the newline; the first chunk starts with the header.
  public mutating func forEachLine(of chunk: Chunk, _ body: (String) throws -> Void) throws {
    defer { rows += chunk.rows }
    try chunk.checkTimes()
    if let forecast, let table = ForecastTable(chunk, forecast, firstWindow: rows) {
      return try writeLines(table.names, count: table.count, cells: table.cells, body)
    }
    let table = try PredictionTable(chunk, classes: classes, threshold: threshold, outputs: outputs)
    try writeLines(table.names, count: chunk.rows, cells: table.cells, body)
  }

  /// Calls `body` with every line of some translations.
  public mutating func forEachLine(of results: TranslatedRows, _ body: (String) throws -> Void) throws {
    let names = results.names
    try results.forEachLine { cells in try writeLines(names, count: 1, cells: { _ in cells }, body) }
  }

  /// Calls `body` with every line of some results about anomalies.
  public mutating func forEachLine(of results: AnomalyTable, _ body: (String) throws -> Void) throws {
    try writeLines(results.names, count: results.count, cells: results.cells, body)
  }

  /// Calls `body` with every line of the gates of some rows.
  public mutating func forEachLine(of gates: GateTable, _ body: (String) throws -> Void) throws {
    try writeLines(gates.names, count: gates.count, cells: gates.cells, body)
  }

  /// Calls `body` with every line of the answer to a live row.
  public mutating func forEachLine(of answer: LiveAnswer, _ body: (String) throws -> Void) throws {
    let lines = answer.lines.map { $0.map(\.json) }
    try writeLines(answer.names, count: lines.count, cells: { lines[$0] }, body)
  }

  private mutating func writeLines(
    _ names: [String], count: Int, cells: (Int) -> [JSONValue], _ body: (String) throws -> Void
  ) throws {
    if needsHeader { try body(separated(names.map { .string($0) })) }
    needsHeader = false
    for line in 0..<count {
      let cells = cells(line)
      switch format {
      case .jsonl: try body(JSONValue.object(Dictionary(zip(names, cells)) { $1 }).text + "\n")
      case .lines:
        let prediction = names.firstIndex(of: "prediction").flatMap { cells[$0].string } ?? ""
        try body(Self.escaped(prediction) + "\n")
      case .csv, .tsv, .conllu, .conll: try body(separated(cells))
      }
    }
  }

  private func separated(_ cells: [JSONValue]) -> String {
    cells.map(text).joined(separator: format == .csv ? "," : "\t") + "\n"
  }

  /// A cell: empty if the value is unknown, and `nan` or `inf` if it is not finite.
  private func text(_ cell: JSONValue) -> String {
    switch cell {
    case .null: ""
    case .string(let text): quoted(text)
    case .array(let items): quoted(items.compactMap(\.string).joined(separator: listSeparator))
    case .number(let value): "\(value)"
    default: cell.text
    }
  }

  /// The separator between several classes: a character that no name contains.
  private var listSeparator: String {
    [",", ";", "|"].first { mark in classes?.names.allSatisfy { !$0.contains(mark) } ?? true } ?? ","
  }

  private func quoted(_ text: String) -> String {
    format == .csv ? csvField(text) : Self.escaped(text)
  }

  /// With tabs, line feeds and backslashes as \\t, \\n and \\\\, scalar by scalar: a line feed after a carriage return
  /// is not a character of its own.
  private static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }
}

extension LoadedModel {
  /// The names of the values of a forecast that is one line: the target's, the step ahead, or both; nil for other
  /// models, and if there is only one value.
  public var forecastNames: [String]? {
    guard let window, window.horizon * window.targets.count > 1 else { return nil }
    return (1...window.horizon).flatMap { step in
      window.targets.map { target in
        window.horizon == 1 ? target : window.targets.count == 1 ? "\(step)" : "\(target).\(step)"
      }
    }
  }
}
