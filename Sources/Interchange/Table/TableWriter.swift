// Writing tables: a header, then a line per row. A dense column of several numbers is spread over table columns
// called `x.0`, `x.1`, ... (`x.0.1` with more dimensions), or named as in the series that it comes from.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile

/// Writes all columns as a table.
/// - Throws: a usage failure if a column is ragged but not text, or its rows are too wide for a table.
public func writeTable(_ rows: any RowSource, style: TableStyle, to sink: @escaping ([UInt8]) throws -> Void)
  throws
{
  let layout = try TableLayout(rows)
  var output = TextBuffer(sink)
  let separator = String(style.separator)
  try output.write(layout.names.map(style.field).joined(separator: separator) + "\n")
  try rows.chunks { chunk in
    let cells = try layout.cells(chunk)
    for row in 0..<chunk.rows {
      try output.write(cells.map { $0(row, style) }.joined(separator: separator) + "\n")
    }
  }
  try output.flush()
}

/// The table columns for the columns of a stream.
private struct TableLayout {
  /// The table's header.
  let names: [String]
  private let columns: [(name: String, schema: ColumnSchema)]
  /// The columns whose rows are lists of texts.
  private let lists: Set<String>

  private static let widest = 100_000

  init(_ rows: any RowSource) throws {
    columns = rows.schema.sorted { TableLayout.order($0.key) < TableLayout.order($1.key) }.map {
      ($0.key, $0.value)
    }
    guard !columns.isEmpty else { throw Failure.data("there are no columns to write") }
    lists = try ListColumns(header: rows.header).names
    let series = try TableLayout.seriesNames(rows.header)
    names = try columns.flatMap { try TableLayout.names($0.name, $0.schema, series: series) }
  }

  /// Times come first, as in the tables from which series are read.
  private static func order(_ name: String) -> (Int, String) { (name == "time" ? 0 : 1, name) }

  private static func names(_ name: String, _ schema: ColumnSchema, series: [String]) throws -> [String] {
    if schema.isRagged {
      guard schema.type == .u8 else {
        throw Failure.usage(
          "column \(name) is ragged, which a table can't hold",
          remedy: "write jsonl, or pad the rows with rnn-pad")
      }
      return [name]
    }
    let width = schema.rowShape.reduce(1, *)
    guard width <= widest else {
      throw Failure.usage(
        "column \(name) has \(counted(width, "number")) per row, too many for a table",
        remedy: "write npy or npz")
    }
    if name == "x", !series.isEmpty, schema.rowShape == [series.count] { return series }
    return indexTuples(schema.rowShape).map { ([name] + $0.map(String.init)).joined(separator: ".") }
  }

  /// The names of a series' columns; none for other streams.
  private static func seriesNames(_ header: StreamHeader) throws -> [String] {
    guard let text = header.metadata["rnn.columns"] else { return [] }
    return try JSONValue(parsing: text).array?.compactMap(\.string) ?? []
  }

  /// All index tuples of a shape, last one fastest.
  private static func indexTuples(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { tuples, extent in tuples.flatMap { tuple in (0..<extent).map { tuple + [$0] } } }
  }

  /// Functions that return each column's fields in a row.
  func cells(_ chunk: Chunk) throws -> [(Int, TableStyle) -> String] {
    try columns.flatMap { name, _ -> [(Int, TableStyle) -> String] in
      switch chunk.columns[name] {
      case .dense(let tensor):
        let (width, elements) = (tensor.rowWidth, tensor.elements)
        return (0..<width).map { index in { row, _ in elements.text(row * width + index) } }
      case .ragged(let ragged):
        let (offsets, bytes) = (ragged.offsets, try bytes(ragged, isList: lists.contains(name), name))
        return [
          { row, style in style.field(String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self))
          }
        ]
      case nil: return []
      }
    }
  }

  /// The texts of a column; the items of lists are separated by commas.
  private func bytes(_ ragged: Ragged, isList: Bool, _ name: String) throws -> [UInt8] {
    let bytes = ragged.values.values(as: UInt8.self) ?? []
    guard isList else { return bytes }
    let (comma, separator) = (UInt8(ascii: ","), Array(ListColumns.separator.utf8))
    guard !bytes.contains(comma) else {
      throw Failure.data(
        "column \(name) has lists with commas in their texts, which a table can't hold", remedy: "write jsonl"
      )
    }
    return bytes.map { separator.contains($0) ? comma : $0 }
  }
}
