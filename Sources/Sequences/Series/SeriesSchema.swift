// A series: rows of numbers in named columns, in time order. A stream of kind `series` has the columns `x`
// [rows, columns] F64, if known `time` [rows] I64, and after a split `split` [rows] U8.

import Failures
import JSON
import Tensor
import TensorFile

/// The names of a series' columns, and its time column.
public struct SeriesSchema: Sendable, Equatable {
  /// The columns of `x`, in order.
  public var columns: [String]
  /// The time column, if there is one.
  public var time: TimeColumn?

  /// A series of `columns`.
  public init(columns: [String], time: TimeColumn? = nil) {
    self.columns = columns
    self.time = time
  }

  /// The schema of a stream whose columns have `schema`. Unnamed columns are called `x`, or `x0`, `x1`, ...
  /// Throws `Failure(.data)` if the stream is not a series.
  public init(header: StreamHeader, schema: [String: ColumnSchema]) throws {
    guard ["series", ""].contains(header.kind) else {
      throw Failure.data(
        "the stream is of kind \(header.kind), not a series",
        remedy: "use a CSV file or a stream of kind series")
    }
    guard let x = schema["x"], !x.isRagged, x.rowShape.count <= 1 else {
      throw Failure.data("the stream has no column x of shape [rows, columns]")
    }
    let count = x.rowShape.first ?? 1
    columns = try header.names("rnn.columns") ?? (count == 1 ? ["x"] : (0..<count).map { "x\($0)" })
    guard columns.count == count else {
      throw Failure.data("rnn.columns names \(counted(columns.count, "column")); x has \(count)")
    }
    time = try TimeColumn(header: header) ?? (schema["time"] == nil ? nil : TimeColumn(column: "time"))
  }

  /// Writes `rnn.columns` and `rnn.time`, and sets the kind of the stream to `series`.
  public func write(into header: inout StreamHeader) {
    header.kind = "series"
    header.metadata["rnn.columns"] = JSONValue.strings(columns).text
    time?.write(into: &header)
  }

  /// The index of each of `names` in `columns`. Throws `Failure(.data)` if one is missing.
  public func indices(of names: [String]) throws(Failure) -> [Int] { try columns.indices(of: names) }
}
