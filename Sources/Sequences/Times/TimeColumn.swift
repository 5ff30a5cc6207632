// The time column of a series (`rnn.time`): where times are in a file, how they are written there, their offsets
// from UTC, the step between rows, and what is done about gaps. A model remembers all this, so that new data is read
// as the training data was.

import JSON
import TensorFile

/// The time column of a stream (`rnn.time`).
public struct TimeColumn: Sendable, Equatable {
  /// Whether times were written as dates alone, or with a time of day.
  public enum Form: String, Sendable { case date, time }

  /// The names of the columns that make up a time: usually one, but also `Date` and `Time`.
  public var columns: [String]
  /// The step between rows, if it is regular.
  public var step: TimeStep?
  /// The commonest step of a series whose gaps are ignored, and which therefore has no regular step.
  public var usualStep: TimeStep?
  /// The format in the file, if it is known.
  public var format: TimeFormat?
  /// The offsets from UTC.
  public var offsets = TimeOffsets.none
  /// How times are written; nil if it is not known.
  public var form: Form?
  /// What is done about gaps, if it was chosen.
  public var gaps: GapPolicy?
  /// Whether fractions of a second were cut off.
  public var cutFractions = false

  /// A column of times with a regular `step`, or nil.
  public init(column: String, step: TimeStep? = nil) { self.init(columns: [column], step: step) }

  /// Times that are spread over `columns`, with a regular `step`, or nil.
  public init(columns: [String], step: TimeStep? = nil) {
    self.columns = columns
    self.step = step
  }

  /// The name of the column; of several, their names joined by commas.
  public var column: String { columns.joined(separator: ",") }

  /// The time `count` steps after `time`; nil if the step is not known.
  public func advance(_ time: Int64, by count: Int) -> Int64? {
    step.map { $0.advance(time, by: count, offsets) }
  }
}

// MARK: - Metadata

extension TimeColumn {
  /// Reads `rnn.time`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.time") else { return nil }
    guard let columns = object["columns"]?.strings ?? object["column"]?.string.map({ [$0] }),
      !columns.isEmpty,
      let offsets = TimeOffsets(members: object)
    else { throw damagedMetadata("rnn.time") }
    self.init(columns: columns, step: TimeStep(members: object))
    self.offsets = offsets
    usualStep = object["usual"]?.object.flatMap { TimeStep(members: $0) }
    format = try object["format"]?.string.map { text in
      do { return try TimeFormat(text) } catch { throw damagedMetadata("rnn.time") }
    }
    form = object["form"]?.string.flatMap(Form.init)
    gaps = object["gaps"]?.string.flatMap(GapPolicy.init)
    cutFractions = object["cut_fractions"]?.bool ?? false
  }

  /// Writes `rnn.time`: `{"column":"date","step":3600,"format":"iso","form":"time"}`.
  public func write(into header: inout StreamHeader) {
    var object = offsets.members.merging(step?.members ?? [:]) { $1 }
    if columns.count == 1 {
      object["column"] = .string(columns[0])
    } else {
      object["columns"] = .strings(columns)
    }
    object["usual"] = usualStep.map { .object($0.members) }
    object["format"] = format.map { .string($0.text) }
    object["form"] = form.map { .string($0.rawValue) }
    object["gaps"] = gaps.map { .string($0.rawValue) }
    if cutFractions { object["cut_fractions"] = .bool(true) }
    header.metadata["rnn.time"] = JSONValue.object(object).text
  }
}
