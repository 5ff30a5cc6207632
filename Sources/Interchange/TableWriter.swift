// Writing tables: a header, then a line a row. A dense column of several numbers is spread over table columns
// called `x.0`, `x.1`, ... (`x.0.1` with more dimensions), or by the names that a series gives them.

import Failures
import JSON
import Tensor
import TensorFile

/// How a table separates and protects its fields.
public enum TableStyle: Sendable {
  /// Commas; quotes where a field needs them (RFC 4180).
  case csv
  /// Tabs; tab, line break and backslash as `\t`, `\n`, `\r`, `\\`.
  case tsv

  /// The byte between fields.
  var separator: Character { self == .csv ? "," : "\t" }

  /// A field as it stands in the table.
  func field(_ text: String) -> String {
    switch self {
    case .csv:
      // A lone empty field would make an empty line.
      guard
        text.isEmpty || text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) })
          || text.utf8.first == 0x20 || text.utf8.last == 0x20
      else { return text }
      return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
        + "\""
    case .tsv:
      guard text.utf8.contains(where: { [0x09, 0x0A, 0x0D, 0x5C].contains($0) }) else { return text }
      return text.unicodeScalars.map(TableStyle.escape).joined()
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\t": "\\t"
    case "\n": "\\n"
    case "\r": "\\r"
    case "\\": "\\\\"
    default: String(scalar)
    }
  }
}

/// Writes all columns as a table.
/// - Throws: a usage failure where a column is ragged and no text, or its rows are wider than a table can be.
public func writeTable(_ rows: any RowSource, style: TableStyle, to sink: @escaping ([UInt8]) throws -> Void)
  throws
{
  let layout = try TableLayout(rows)
  var output = TextOutput(sink)
  let separator = String(style.separator)
  try output.write(layout.names.map(style.field).joined(separator: separator) + "\n")
  try rows.chunks { chunk in
    let cells = layout.cells(chunk)
    for row in 0..<chunk.rows {
      try output.write(cells.map { $0(row, style) }.joined(separator: separator) + "\n")
    }
  }
  try output.flush()
}

/// Which table columns the columns of a stream become.
private struct TableLayout {
  /// The table's header.
  let names: [String]
  private let columns: [(name: String, schema: ColumnSchema)]

  private static let widest = 100_000

  init(_ rows: any RowSource) throws {
    columns = rows.schema.sorted { TableLayout.order($0.key) < TableLayout.order($1.key) }.map {
      ($0.key, $0.value)
    }
    guard !columns.isEmpty else { throw Failure.data("there are no columns to write") }
    let series = try TableLayout.seriesNames(rows.header)
    names = try columns.flatMap { try TableLayout.names($0.name, $0.schema, series: series) }
  }

  /// Times stand first, as in the tables that series come from.
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
        "column \(name) has \(width) numbers a row, too many for a table", remedy: "write npy or npz")
    }
    if name == "x", !series.isEmpty, schema.rowShape == [series.count] { return series }
    return places(schema.rowShape).map { ([name] + $0.map(String.init)).joined(separator: ".") }
  }

  /// The names of a series' columns; none for other streams.
  private static func seriesNames(_ header: StreamHeader) throws -> [String] {
    guard let text = header.metadata["rnn.columns"] else { return [] }
    return try JSONValue(parsing: text).array?.compactMap(\.string) ?? []
  }

  /// All index tuples of a shape, last one fastest.
  private static func places(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { tuples, extent in tuples.flatMap { tuple in (0..<extent).map { tuple + [$0] } } }
  }

  /// What writes each column's fields of a row.
  func cells(_ chunk: Chunk) -> [(Int, TableStyle) -> String] {
    columns.flatMap { name, _ -> [(Int, TableStyle) -> String] in
      switch chunk.columns[name] {
      case .dense(let tensor):
        let (width, elements) = (tensor.rowWidth, tensor.elements)
        return (0..<width).map { place in { row, _ in elements.text(row * width + place) } }
      case .ragged(let ragged):
        let (offsets, bytes) = (ragged.offsets, ragged.values.values(as: UInt8.self) ?? [])
        return [
          { row, style in style.field(String(decoding: bytes[offsets[row]..<offsets[row + 1]], as: UTF8.self))
          }
        ]
      case nil: return []
      }
    }
  }
}
