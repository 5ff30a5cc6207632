// A series: rows of numbers in named columns, in time order, as the stream's kind `series` carries it:
// `x` [rows, columns] F64, where known `time` [rows] I64, after a split `split` [rows] U8.

import Calendar
import Failures
import JSON
import Tensor
import TensorFile

/// What a stream knows of its times (`rnn.time`).
public struct TimeFacts: Sendable, Equatable {
  /// The name of the column that the times came from.
  public var column: String
  /// The distance between rows, where it is even.
  public var step: TimeStep?

  /// Times from `column`, `step` apart.
  public init(column: String, step: TimeStep? = nil) {
    self.column = column
    self.step = step
  }

  /// Reads `rnn.time`; nil where the stream has none.
  public init?(header: StreamHeader) throws {
    guard let facts = try header.facts("rnn.time") else { return nil }
    guard let column = facts["column"]?.string else { throw damaged("rnn.time") }
    self.init(column: column)
    if let seconds = facts["step"]?.int, seconds > 0 { step = .seconds(Int64(seconds)) }
    guard let months = facts["months"]?.int, (1...1_000_000).contains(months) else { return }
    step = facts["month_ends"]?.bool == true ? .monthEnds(months) : .months(months)
  }

  /// Writes `rnn.time`: `{"column":"date","step":3600}`, a calendar step as `"months":1`.
  public func write(into header: inout StreamHeader) {
    var facts: [String: JSONValue] = ["column": .string(column)]
    switch step {
    case .seconds(let seconds): facts["step"] = .integer(seconds)
    case .months(let months): facts["months"] = .integer(Int64(months))
    case .monthEnds(let months):
      facts["months"] = .integer(Int64(months))
      facts["month_ends"] = .bool(true)
    case nil: break
    }
    header.metadata["rnn.time"] = JSONValue.object(facts).text
  }
}

/// What a series stream says of itself: the names of its columns and its times.
public struct SeriesFacts: Sendable, Equatable {
  /// The columns of `x`, in order.
  public var columns: [String]
  /// The times, where the series has any.
  public var time: TimeFacts?

  /// A series of `columns`.
  public init(columns: [String], time: TimeFacts? = nil) {
    self.columns = columns
    self.time = time
  }

  /// The facts of a stream whose columns have `schema`. Unnamed columns are called `x`, or `x0`, `x1`, ...
  /// Throws `Failure(.data)` where the stream is no series.
  public init(header: StreamHeader, schema: [String: ColumnSchema]) throws {
    guard ["series", ""].contains(header.kind) else {
      throw Failure.data(
        "the stream holds \(header.kind), not a series", remedy: "give a CSV file or a stream of kind series")
    }
    guard let x = schema["x"], !x.isRagged, x.rowShape.count <= 1 else {
      throw Failure.data("the stream has no column x of shape [rows, columns]")
    }
    let count = x.rowShape.first ?? 1
    columns = try header.names("rnn.columns") ?? (count == 1 ? ["x"] : (0..<count).map { "x\($0)" })
    guard columns.count == count else {
      throw Failure.data("rnn.columns names \(columns.count) columns, x has \(count)")
    }
    time = try TimeFacts(header: header) ?? (schema["time"] == nil ? nil : TimeFacts(column: "time"))
  }

  /// Writes `rnn.columns` and `rnn.time`, and makes the stream one of kind `series`.
  public func write(into header: inout StreamHeader) {
    header.kind = "series"
    header.metadata["rnn.columns"] = JSONValue.strings(columns).text
    time?.write(into: &header)
  }

  /// Where each of `names` stands among the columns. Throws `Failure(.data)` naming one that is not there.
  public func indices(of names: [String]) throws(Failure) -> [Int] {
    var indices: [Int] = []
    for name in names {
      guard let index = columns.firstIndex(of: name) else { throw missingColumn(name, of: columns) }
      indices.append(index)
    }
    return indices
  }
}

func missingColumn(_ name: String, of columns: [String]) -> Failure {
  let shown = columns.prefix(20).joined(separator: ", ") + (columns.count > 20 ? ", ..." : "")
  return Failure.data("there is no column \(name)", remedy: "the columns are \(shown)")
}

/// Some rows of a series.
public struct SeriesRows: Sendable, Equatable {
  /// How many numbers a row has.
  public let width: Int
  /// The numbers, `[rows, width]`.
  public var values: [Double] = []
  /// Unix seconds of each row, where the series has times.
  public var times: [Int64]?
  /// The part of each row (0 train, 1 validation, 2 test), where the series was split.
  public var parts: [UInt8]?

  /// No rows yet, of `width` numbers each.
  public init(width: Int, hasTimes: Bool, hasParts: Bool) {
    self.width = width
    times = hasTimes ? [] : nil
    parts = hasParts ? [] : nil
  }

  /// How many rows there are.
  public var rows: Int { width == 0 ? 0 : values.count / width }

  /// The rows of a series stream's chunk. Throws `Failure(.data)` where a column has another form.
  public init(_ chunk: Chunk, facts: SeriesFacts) throws(Failure) {
    width = facts.columns.count
    guard let x = chunk.columns["x"]?.tensor, x.rowWidth == width else {
      throw Failure.data("the stream has no column x of shape [rows, \(width)]")
    }
    values = x.doubles
    times = try chunk.columns["time"].map { column throws(Failure) in try Self.times(column) }
    parts = try chunk.parts()
  }

  private static func times(_ column: Column) throws(Failure) -> [Int64] {
    guard let tensor = column.tensor, tensor.rowWidth == 1, let integers = tensor.integers else {
      throw Failure.data("the column time of a series must be whole Unix seconds, one for each row")
    }
    guard integers.allSatisfy({ knownTimes.contains(Int64($0)) }) else {
      throw Failure.data("a time is outside the years 1 to 9999", remedy: "times are Unix seconds")
    }
    return integers.map(Int64.init)
  }

  /// The rows as a chunk of a series stream.
  public var chunk: Chunk {
    var columns = ["x": Tensor(values, shape: [rows, width])]
    columns["time"] = times.map { Tensor($0) }
    columns["split"] = parts.map { Tensor($0) }
    return Chunk(columns)
  }
}

extension Chunk {
  /// The column `split`, nil where there is none. Throws `Failure(.data)` where it holds anything but the
  /// parts 0, 1 and 2.
  public func parts() throws(Failure) -> [UInt8]? {
    guard let column = columns["split"] else { return nil }
    guard let tensor = column.tensor, tensor.rowWidth == 1, let parts = tensor.integers,
      parts.allSatisfy({ (0...2).contains($0) })
    else { throw Failure.data("the column split must hold 0, 1 or 2, one for each row") }
    return parts.map(UInt8.init)
  }
}
