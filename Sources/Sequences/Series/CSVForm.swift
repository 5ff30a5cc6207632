// How the CSV file of a series is written, and what is done about its missing values. Streams and models remember it
// (`rnn.csv`), so that new files are read as those of the training data were. Times are in `rnn.time`.

import Failures
import JSON
import TensorFile

/// How the CSV file of a series is written (`rnn.csv`).
public struct CSVForm: Sendable, Equatable {
  /// The byte between fields; if nil, it is detected in the first lines.
  public var separator: UInt8?
  /// Whether the first line names the columns.
  public var hasHeader: Bool
  /// Whether the user confirmed this, whatever the names look like.
  public var isHeaderCertain = false
  /// How numbers are written.
  public var numbers: NumberFormat
  /// What replaces missing values; if nil, they are errors.
  public var fill: Fill?

  /// A file with a header and decimal points, without missing values.
  public init(
    separator: UInt8? = nil, hasHeader: Bool = true, numbers: NumberFormat = NumberFormat(), fill: Fill? = nil
  ) {
    (self.separator, self.hasHeader, self.numbers, self.fill) = (separator, hasHeader, numbers, fill)
  }

  /// Reads `rnn.csv`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.csv") else { return nil }
    do {
      let grouping = object["thousands"]?.string
      guard grouping == nil || grouping.flatMap(DigitGrouping.init) != nil else {
        throw damagedMetadata("rnn.csv")
      }
      self.init(
        separator: object["separator"]?.string?.utf8.first, hasHeader: object["header"]?.bool ?? true,
        numbers: NumberFormat(
          decimalComma: object["decimal_comma"]?.bool ?? false, grouping: grouping.flatMap(DigitGrouping.init)
        ),
        fill: try object["fill"]?.string.map { try Fill($0) })
      isHeaderCertain = object["header"]?.bool ?? false
    } catch { throw damagedMetadata("rnn.csv") }
  }

  /// Writes `rnn.csv`, what differs from a plain file: `{"separator":";","decimal_comma":true,"fill":"linear"}`.
  public func write(into header: inout StreamHeader) {
    var object: [String: JSONValue] = [:]
    object["separator"] = separator.map { .string(String(decoding: [$0], as: UTF8.self)) }
    if !hasHeader || isHeaderCertain { object["header"] = .bool(hasHeader) }
    if numbers.decimalComma { object["decimal_comma"] = .bool(true) }
    object["thousands"] = numbers.grouping.map { .string($0.rawValue) }
    object["fill"] = fill.map { .string($0.text) }
    header.metadata["rnn.csv"] = object.isEmpty ? nil : JSONValue.object(object).text
  }

  /// How the file is written, for its reader.
  var dialect: CSVDialect {
    var dialect = CSVDialect(
      separator: separator, header: CSVHeader(hasHeader && !isHeaderCertain ? nil : hasHeader))
    dialect.hasDecimalCommas = numbers.decimalComma
    (dialect.offersNoHeader, dialect.offersNumberOptions, dialect.offersEncoding) = (true, true, true)
    return dialect
  }
}
