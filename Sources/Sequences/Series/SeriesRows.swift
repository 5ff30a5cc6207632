// Some rows of a series.

import Calendar
import Failures
import Tensor
import TensorFile

/// Some rows of a series.
public struct SeriesRows: Sendable, Equatable {
  /// The number of values per row.
  public let width: Int
  /// The values, `[rows, width]`.
  public var values: [Double] = []
  /// The time of each row in Unix seconds, if the series has times.
  public var times: [Int64]?
  /// The part of each row (0 train, 1 validation, 2 test), if the series is split.
  public var parts: [UInt8]?
  /// The rows with which sequences begin, if the file holds several: in the order of the rows.
  public var beginnings: [SequenceBeginning] = []

  /// No rows yet; each will have `width` values.
  public init(width: Int, hasTimes: Bool, hasParts: Bool) {
    self.width = width
    times = hasTimes ? [] : nil
    parts = hasParts ? [] : nil
  }

  /// The number of rows.
  public var rows: Int { width == 0 ? 0 : values.count / width }

  /// The rows of a chunk of a series stream. Throws `Failure(.data)` if a column has another type or shape.
  public init(_ chunk: Chunk, schema: SeriesSchema) throws(Failure) {
    width = schema.columns.count
    guard let x = chunk.columns["x"]?.tensor, x.rowWidth == width else {
      throw Failure.data("the stream has no column x of shape [rows, \(width)]")
    }
    values = x.doubles
    times = try chunk.columns["time"].map { column throws(Failure) in try Self.times(column) }
    parts = try chunk.parts()
  }

  private static func times(_ column: Column) throws(Failure) -> [Int64] {
    guard let tensor = column.tensor, tensor.rowWidth == 1, let integers = tensor.integers else {
      throw Failure.data("the column time of a series must have one integer per row, in Unix seconds")
    }
    guard integers.allSatisfy({ knownTimes.contains(Int64($0)) }) else {
      throw Failure.data("a time is outside the years 1 to 9999", remedy: "times must be Unix seconds")
    }
    return integers.map(Int64.init)
  }

  /// The rows in `range`, without beginnings.
  func slice(_ range: Range<Int>) -> SeriesRows {
    var rows = SeriesRows(width: width, hasTimes: false, hasParts: false)
    rows.values = Array(values[range.lowerBound * width..<range.upperBound * width])
    rows.times = times.map { Array($0[range]) }
    rows.parts = parts.map { Array($0[range]) }
    return rows
  }

  /// Appends the rows in `range` of others with the same columns.
  mutating func append(_ other: SeriesRows, _ range: Range<Int>) {
    values += other.values[range.lowerBound * width..<range.upperBound * width]
    if let more = other.times { times?.append(contentsOf: more[range]) }
    if let more = other.parts { parts?.append(contentsOf: more[range]) }
  }

  /// The rows as a chunk of a series stream.
  public var chunk: Chunk {
    var columns = ["x": Tensor(values, shape: [rows, width])]
    columns["time"] = times.map { Tensor($0) }
    columns["split"] = parts.map { Tensor($0) }
    return Chunk(columns)
  }
}
