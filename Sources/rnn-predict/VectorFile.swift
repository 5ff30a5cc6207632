// A file of vectors for a model that describes them: NumPy arrays, JSON Lines, or a table, which may be nothing but the
// numbers of each vector in a line.

import ByteStreams
import Failures
import Inference
import Interchange
import OperatingSystem
import Sequences
import Stage
import Tensor
import TensorFile

/// The rows of a file that is not a stream.
struct VectorFile {
  private let source: PeekedSource
  private let name: String
  private let translation: Translation
  private let format: FileFormat

  /// - Throws: `Failure` (data) if the file's format is none that holds vectors.
  init(_ source: PeekedSource, named name: String, _ translation: Translation) throws {
    var source = source
    let found = try FileFormat(beginning: source.peek(64)) ?? FileFormat(compressedPath: name) ?? .csv
    guard [.npy, .npz, .csv, .tsv, .jsonl].contains(found) else {
      throw Failure.data(
        "is \(found.rawValue), but the model reads vectors", at: name,
        remedy: "give a stream, npy, npz, JSON Lines or CSV")
    }
    (self.source, self.name, self.translation, format) = (source, name, translation, found)
  }

  /// The rows, with a column of vectors.
  /// - Parameters:
  ///   - header: whether the first line of a table names its columns.
  ///   - text: the source as text.
  func rows(header: CSVHeader, text: (PeekedSource) throws -> PeekedSource) throws -> any RowSource {
    let column = translation.sourceColumn
    switch format {
    case .npy: return try NpyRows(TemporaryFile(copying: source), column: column, named: name)
    case .npz: return try NpzRows(TemporaryFile(copying: source), columns: [column], named: name)
    case .jsonl: return try JSONLinesRows(TemporaryFile(copying: text(source)), named: name)
    default:
      let table = try TableRows(
        TemporaryFile(copying: text(source)), style: format == .tsv ? .tsv : .csv, header: header, named: name
      )
      return table.schema[column] == nil ? try NumberedVectors(table, column, translation.width) : table
    }
  }
}

/// The columns 1, 2, ... of a table without names as the values of one column.
private struct NumberedVectors: RowSource {
  private let table: TableRows
  private let column: String
  private let names: [String]
  var header: StreamHeader { table.header }
  var schema: [String: ColumnSchema] {
    [column: ColumnSchema(type: .f32, rowShape: [names.count], isRagged: false)]
  }

  init(_ table: TableRows, _ column: String, _ width: Int) throws {
    (self.table, self.column) = (table, column)
    names = (1...max(1, table.schema.count)).map(String.init)
    guard names.allSatisfy({ table.schema[$0] != nil }) else {
      throw Failure.data(
        "there is no column \(column), or \(column).0, \(column).1, ...",
        remedy: "name the \(width) columns so, or leave out the header")
    }
    guard names.allSatisfy({ table.schema[$0]?.type != .u8 }) else {
      throw Failure.data("has cells that are not numbers")
    }
  }

  func chunks(_ body: (Chunk) throws -> Void) throws {
    try table.chunks { chunk in
      let columns = names.map { chunk.columns[$0]?.tensor?.floats ?? [] }
      let values = (0..<chunk.rows).flatMap { row in columns.map { $0[row] } }
      try body(Chunk([column: Tensor(values, shape: [chunk.rows, names.count])]))
    }
  }
}
