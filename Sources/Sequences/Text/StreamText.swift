// Text and labels in the columns of any stream, such as one that rnn-convert made of a table: what they are called
// there is told as in a text file, and labels in words become classes.

import Failures
import Tensor
import TensorFile

/// The text and the labels of a stream's rows.
public final class StreamText {
  private let text: String
  private let label: String?
  private let options: TextOptions
  private var table: LabelTable
  private var row = 0

  /// Columns that are never labels.
  private static let otherColumns: Set = ["split", "weight", "x", "time", "y"]

  /// - Returns: nil if the stream has its text in the column `text`, and no labels except numbers in `y`.
  /// - Throws: `Failure` if there are several columns that could be meant.
  public init?(_ schema: [String: ColumnSchema], _ options: TextOptions, labels: LabelChoice) throws {
    let names = schema.keys.sorted()
    let texts = names.filter { schema[$0]?.isText == true }
    guard !texts.isEmpty, schema["x"] == nil || options.namesColumns else { return nil }
    let hasLabels = schema["y"] != nil
    let candidates =
      texts
      + (hasLabels ? [] : names.filter { schema[$0]?.isWhole == true && !Self.otherColumns.contains($0) })
    var options = options
    if options.textColumns == nil, texts.contains("text") { options.textColumns = ["text"] }
    if options.labelColumn == nil, texts.contains("y") { options.labelColumn = "y" }
    options.header = .absent
    let columns = try TextColumns(candidates, candidates: texts, options)
    guard columns.text.count == 1 else {
      throw Failure.usage(
        "a stream's columns can't be joined", at: "--text-column", remedy: "name one column")
    }
    text = columns.text[0]
    label = hasLabels && columns.label != "y" && options.labelColumn == nil ? nil : columns.label
    if text == "text", label == nil { return nil }
    self.options = options
    table = LabelTable(labels, listsAreSeveral: true)
  }

  /// What is read from where, for the user.
  public var note: String {
    TextColumns(text: [text], label: label).description(ignoring: [])
  }

  /// The chunk with its text in `text` and provisional labels in `y`.
  public func convert(_ chunk: Chunk) throws(Failure) -> Chunk {
    var columns = chunk.columns
    columns["text"] = columns.removeValue(forKey: text)
    if let label, let column = columns.removeValue(forKey: label) { columns["y"] = try labels(column, label) }
    row += chunk.rows
    return Chunk(columns, rows: chunk.rows)
  }

  private func labels(_ column: Column, _ name: String) throws(Failure) -> Column {
    var ids: [Int32] = []
    var lengths: [Int32] = []
    for (index, label) in try Self.values(column, options).enumerated() {
      do {
        let found = try table.ids(of: label()) ?? []
        ids += found
        lengths.append(Int32(found.count))
      } catch {
        throw Failure(
          error.kind, "row \(row + index + 1), column \(name): \(error.problem)", remedy: error.remedy)
      }
    }
    return options.labelSeparator == nil && lengths.allSatisfy { $0 == 1 }
      ? .dense(Tensor(ids)) : .ragged(Ragged(values: Tensor(ids), lengths: lengths))
  }

  private static func values(
    _ column: Column, _ options: TextOptions
  ) throws(Failure) -> [() throws(Failure) -> TextRecord.Label?] {
    if let numbers = column.tensor?.integers {
      return numbers.map { number in { () throws(Failure) in .integer(Int64(number)) } }
    }
    guard let ragged = column.ragged, let bytes = ragged.values.values(as: UInt8.self) else {
      throw Failure.data("the labels are neither text nor whole numbers")
    }
    let offsets = ragged.offsets
    return ragged.lengths.indices.map { index in
      { () throws(Failure) in
        LabelText.label(
          try LabelText.name(bytes[offsets[index]..<offsets[index + 1]]), separator: options.labelSeparator)
      }
    }
  }

  /// What the labels are. Without given classes, this is known after the last row.
  public func labels() throws(Failure) -> RowLabels { try table.labels() }
}

extension ColumnSchema {
  /// Whether rows are text.
  fileprivate var isText: Bool { isRagged && type == .u8 && rowShape.isEmpty }
  /// Whether each row has one whole number.
  fileprivate var isWhole: Bool { !isRagged && rowShape.isEmpty && [.u8, .i32, .i64].contains(type) }
}
