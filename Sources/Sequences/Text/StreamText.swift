// Text and labels in the columns of any stream, such as one that rnn-convert made from a table: their names
// are recognized as in a text file, and labels that are words become classes.

import Failures
import Tensor
import TensorFile

/// The text and the labels of a stream's rows.
public final class StreamText {
  private let text: String
  private let label: String?
  /// Whether the labels of a row are a list.
  private let isList: Bool
  private let options: TextOptions
  private var table: LabelTable
  private var row = 0

  /// Columns that are never labels.
  private static let otherColumns: Set = ["split", "weight", "x", "time", "y"]

  /// - Returns: nil if the stream has its text in the column `text`, and no labels except numbers in `y`.
  /// - Throws: `Failure` if there are several columns that could be meant.
  public init?(
    _ schema: [String: ColumnSchema], _ header: StreamHeader, _ options: TextOptions, labels: LabelChoice
  ) throws {
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
    isList = try label.map(ListColumns(header: header).names.contains) ?? false
    self.options = options
    table = LabelTable(labels, listsAreSeveral: true)
  }

  /// Whether rows have labels that become classes.
  public var hasLabels: Bool { label != nil }

  /// Describes which columns were chosen, for the user.
  public var note: String {
    TextColumns(text: [text], label: label).description(ignoring: [])
  }

  /// The header of the converted stream: the label is no longer a list.
  public func convert(_ header: StreamHeader) throws -> StreamHeader {
    var lists = try ListColumns(header: header)
    if let label { lists.names.remove(label) }
    var header = header
    lists.write(into: &header)
    return header
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
    guard let values = LabelValues(column) else {
      throw Failure.data("the labels in column \(name) are neither text nor whole numbers")
    }
    var ids: [Int32] = []
    var lengths: [Int32] = []
    for index in 0..<column.rows {
      do {
        let found =
          try table.ids(of: values.label(index, isList: isList, separator: options.labelSeparator)) ?? []
        ids += found
        lengths.append(Int32(found.count))
      } catch {
        throw Failure(
          error.kind, "row \(row + index + 1), column \(name): \(error.problem)", remedy: error.remedy)
      }
    }
    return options.labelSeparator == nil && !isList && !table.allowsSeveral
      ? .dense(Tensor(ids)) : .ragged(Ragged(values: Tensor(ids), lengths: lengths))
  }

  /// Whether the labels of the rows read so far are final: they are those of a model, or rows have none.
  public var hasFinalLabels: Bool { label == nil || table.isSettled }

  /// What the labels are. Unless they are final, this is known after the last row.
  public func labels() throws(Failure) -> RowLabels { try table.labels() }
}

/// The labels in a column.
private enum LabelValues {
  case numbers([Int])
  case texts([UInt8], offsets: [Int])

  init?(_ column: Column) {
    if let numbers = column.tensor?.integers {
      self = .numbers(numbers)
    } else if let ragged = column.ragged, let bytes = ragged.values.values(as: UInt8.self) {
      self = .texts(bytes, offsets: ragged.offsets)
    } else {
      return nil
    }
  }

  func label(_ row: Int, isList: Bool, separator: String?) throws(Failure) -> TextRecord.Label {
    switch self {
    case .numbers(let numbers): return .integer(Int64(numbers[row]))
    case .texts(let bytes, let offsets):
      let name = try LabelText.name(bytes[offsets[row]..<offsets[row + 1]])
      return isList ? .several(ListColumns.items(name)) : LabelText.label(name, separator: separator)
    }
  }
}

extension ColumnSchema {
  /// Whether rows are text.
  fileprivate var isText: Bool { isRagged && type == .u8 && rowShape.isEmpty }
  /// Whether each row has one whole number.
  fileprivate var isWhole: Bool { !isRagged && rowShape.isEmpty && [.u8, .i32, .i64].contains(type) }
}
