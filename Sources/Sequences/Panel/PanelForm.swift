// How several series are arranged in a file, and what is done about those that are too short for a window (`rnn.series`).

import JSON
import TensorFile

/// What is done about series that are too short for a window.
public enum ShortSeriesPolicy: String, Sendable, CaseIterable {
  /// They are left out.
  case drop
  /// Their first row is repeated at their beginning until they are long enough for one window.
  case pad
}

/// How several series are arranged (`rnn.series`).
public struct PanelForm: Sendable, Equatable {
  /// The column that names the series of a row.
  public var column: String
  /// What is done about short series.
  public var short: ShortSeriesPolicy

  /// - Parameter column: the column that names the series of a row.
  public init(column: String, short: ShortSeriesPolicy = .drop) {
    (self.column, self.short) = (column, short)
  }

  /// Reads `rnn.series`; nil if the stream has one series.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.series") else { return nil }
    guard let column = object["column"]?.string else { throw damagedMetadata("rnn.series") }
    self.init(column: column, short: object["short"]?.string.flatMap(ShortSeriesPolicy.init) ?? .drop)
  }

  /// Writes `rnn.series` = `{"column":"unique_id"}`.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = ["column": .string(column)]
    if short != .drop { object["short"] = .string(short.rawValue) }
    header.metadata["rnn.series"] = JSONValue.object(object).text
  }
}
