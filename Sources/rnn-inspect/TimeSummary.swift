// The times of a stream: the first, the last and the step, in a readable form.

import Calendar
import JSON
import Sequences
import Tensor
import TensorFile

/// The times in the column `time` of a series, of windows or of predictions.
struct TimeSummary {
  private let column: TimeColumn
  private let isSeries: Bool
  private var range: ClosedRange<Int64>?
  private var census: StepCensus?

  /// Nil if the stream has no column of times.
  init?(_ reader: TensorReader) throws {
    guard let schema = reader.schema["time"], !schema.isRagged, schema.type == .i64 else { return nil }
    column = try TimeColumn(header: reader.header) ?? TimeColumn(column: "time")
    isSeries = schema.rowShape.reduce(1, *) == 1 && reader.header.kind == "series"
    if isSeries, column.step == nil { census = StepCensus(column, gaps: .ignore) }
  }

  mutating func add(_ chunk: Chunk) {
    let times = chunk.columns["time"]?.tensor?.values(as: Int64.self) ?? []
    guard let least = times.min(), let greatest = times.max() else { return }
    range = min(least, range?.lowerBound ?? least)...max(greatest, range?.upperBound ?? greatest)
    // Times that don't rise, or are none, have no step.
    guard knownTimes.contains(least), knownTimes.contains(greatest) else { return census = nil }
    do { for time in times { try census?.add(time) } } catch { census = nil }
  }

  /// The step given in the stream, else that of a series' rows.
  private var step: TimeStep? {
    var census = census
    return column.step ?? (try? census?.result())?.step
  }

  /// A time in the format of the series.
  func text(_ seconds: Int64) -> String {
    var column = column
    column.step = step
    return column.text(seconds)
  }

  /// The first and the last time.
  var ends: (first: String, last: String)? { range.map { (text($0.lowerBound), text($0.upperBound)) } }

  /// `2016-07-01 to 2018-06-26, step 1 day`.
  var line: String? {
    guard let ends else { return nil }
    return "\(ends.first) to \(ends.last)" + (step.map { ", step \($0.text)" } ?? "")
  }

  /// A row's times as text: one, or a list.
  func texts(_ value: JSONValue) -> JSONValue {
    switch value {
    case .integer(let seconds): .string(text(seconds))
    case .array(let items): .array(items.map(texts))
    default: value
    }
  }

  /// The times as members of the column's JSON.
  var members: [String: JSONValue] {
    guard let ends else { return [:] }
    var members: [String: JSONValue] = ["first": .string(ends.first), "last": .string(ends.last)]
    members["step"] = step.map { .string($0.text) }
    return members
  }
}
