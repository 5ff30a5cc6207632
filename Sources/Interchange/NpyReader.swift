// The array of a npy file, some rows at a time.

import ByteStreams
import Failures
import OperatingSystem
import Tensor
import TensorFile

/// Reads one npy array in pieces; an array in Fortran's order is read whole and turned.
struct NpyReader {
  let header: NpyHeader
  private var reader: ExactReader
  private let name: String
  private var position = 0
  private var turned: Tensor?

  init(_ source: any ByteSource, named name: String) throws {
    var reader = ExactReader(source, named: name)
    header = try NpyHeader(&reader, named: name)
    self.reader = reader
    self.name = name
    if header.isFortranOrder, header.shape.count > 1 { turned = try readTurned() }
  }

  /// Rows that are left.
  var rowsLeft: Int { header.rows - position }

  /// The next rows, `count` of which are left.
  mutating func next(_ count: Int) throws -> Tensor {
    let rows = position..<position + count
    position += count
    if let turned { return turned.slice(rows) }
    let bytes = try reader.bytes(count * header.rowWidth * header.type.size)
    return Tensor(shape: [count] + header.rowShape, elements: try header.type.elements(bytes, at: name))
  }

  /// Throws where the file goes on behind its array.
  mutating func finish() throws { try reader.expectEnd() }

  /// The whole array in C order.
  private mutating func readTurned() throws -> Tensor {
    let count = header.shape.reduce(1, *)
    let elements = try header.type.elements(try reader.bytes(count * header.type.size), at: name)
    let column = Tensor(shape: [count], elements: elements)
    return column.gather(fortranPlaces(header.shape)).reshaped(header.shape)
  }
}

/// For each element in C order, where it stands in Fortran's.
private func fortranPlaces(_ shape: [Int]) -> [Int] {
  var places = [0]
  var stride = 1
  // Each further dimension repeats all places so far once for each of its indices.
  for extent in shape {
    places = places.flatMap { place in (0..<extent).map { place + $0 * stride } }
    stride *= extent
  }
  return places
}

/// The rows of one npy array as a column.
public struct NpyRows: RowSource {
  /// Empty: npy has no metadata.
  public let header: StreamHeader
  /// The one column, with the array's type and the shape of its rows.
  public let schema: [String: ColumnSchema]
  private let spool: TemporaryFile
  private let column: String
  private let name: String

  /// - Parameters:
  ///   - column: what the array's column is called.
  ///   - name: the file's name for messages.
  public init(_ spool: TemporaryFile, column: String, named name: String) throws {
    let array = try NpyReader(spool.source(), named: name)
    header = StreamHeader(kind: "")
    schema = [column: array.header.schema]
    (self.spool, self.column, self.name) = (spool, column, name)
  }

  /// Reads the array, about 262,144 elements a chunk; throws `Failure` (data) where the file is cut short or
  /// goes on behind the array.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var array = try NpyReader(spool.source(), named: name)
    repeat {
      let count = min(array.rowsLeft, rowsAtOnce(array.header.rowWidth))
      try body(Chunk([column: try array.next(count)]))
    } while array.rowsLeft > 0
    try array.finish()
  }
}

/// How many rows of `width` elements are handled together: about a quarter of a million elements.
func rowsAtOnce(_ width: Int) -> Int { max(1, (1 << 18) / max(1, width)) }

extension NpyHeader {
  /// The form of the array's column.
  var schema: ColumnSchema { ColumnSchema(type: type.elementType, rowShape: rowShape, isRagged: false) }
}
