// The time column of a series, and the step between its rows.

import JSON
import TensorFile

/// The time column of a stream (`rnn.time`).
public struct TimeColumn: Sendable, Equatable {
  /// The name of the column.
  public var column: String
  /// The step between rows, if it is regular.
  public var step: TimeStep?

  /// A column of times with a regular `step`, or nil.
  public init(column: String, step: TimeStep? = nil) {
    self.column = column
    self.step = step
  }

  /// Reads `rnn.time`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.time") else { return nil }
    guard let column = object["column"]?.string else { throw damagedMetadata("rnn.time") }
    self.init(column: column)
    if let seconds = object["step"]?.int, seconds > 0 { step = .seconds(Int64(seconds)) }
    guard let months = object["months"]?.int, (1...1_000_000).contains(months) else { return }
    step = object["month_ends"]?.bool == true ? .monthEnds(months) : .months(months)
  }

  /// Writes `rnn.time`: `{"column":"date","step":3600}`, a calendar step as `"months":1`.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = ["column": .string(column)]
    switch step {
    case .seconds(let seconds): object["step"] = .integer(seconds)
    case .months(let months): object["months"] = .integer(Int64(months))
    case .monthEnds(let months):
      object["months"] = .integer(Int64(months))
      object["month_ends"] = .bool(true)
    case nil: break
    }
    header.metadata["rnn.time"] = JSONValue.object(object).text
  }
}
