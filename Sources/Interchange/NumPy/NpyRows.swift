// The array of a npy file as rows.

import ByteStreams
import Failures
import OperatingSystem
import Tensor
import TensorFile

/// The rows of one npy array as a column.
public struct NpyRows: RowSource {
  /// Empty, since npy has no metadata.
  public let header: StreamHeader
  /// The one column, with the array's type and the shape of its rows.
  public let schema: [String: ColumnSchema]
  private let file: TemporaryFile
  private let column: String
  private let name: String

  /// - Parameters:
  ///   - column: the name of the array's column.
  ///   - name: the file's name for messages.
  public init(_ file: TemporaryFile, column: String, named name: String) throws {
    var reader = ExactReader(file.source(), named: name)
    header = StreamHeader(kind: "")
    schema = [column: try NpyHeader(&reader, named: name).schema]
    (self.file, self.column, self.name) = (file, column, name)
  }

  /// Reads the array, about 262,144 elements a chunk; throws `Failure` (data) if the file is truncated or
  /// continues after the array.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var array = try NpyReader(file.source(), named: name)
    repeat {
      let count = min(array.rowsLeft, rowsAtOnce(array.header.rowWidth))
      try body(Chunk([column: try array.next(count)]))
    } while array.rowsLeft > 0
    try array.finish()
  }
}

extension NpyHeader {
  /// The schema of the array's column.
  var schema: ColumnSchema { ColumnSchema(type: type.elementType, rowShape: rowShape, isRagged: false) }
}
