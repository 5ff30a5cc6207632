// The options of commands that read a series from a CSV file.

import ArgumentParser

/// How a CSV file is to be read as a series. Streams know all this of themselves.
public struct SeriesOptions: ParsableArguments {
  /// `--time`: the column of times.
  @Option(
    help: ArgumentHelp(
      "CSV: the column of times (default: the first column, if it holds dates).", valueName: "column"))
  public var time: String?

  /// `--time-format`: how times are written.
  @Option(
    help: ArgumentHelp(
      """
      CSV: how times are written: iso, year, unix, unix-ms, or a pattern such as "dd.mm.yyyy HH:MM:SS" \
      (default: as the first row shows).
      """, valueName: "format"))
  public var timeFormat: String?

  /// `--separator`: what stands between fields.
  @Option(
    help: ArgumentHelp(
      "CSV: comma, semicolon or tab between fields (default: as the header shows).", valueName: "name"))
  public var separator: FieldSeparator?

  /// `--decimal-comma`: whether numbers have a comma for a point.
  @Flag(help: "CSV: 1,5 means one and a half.")
  public var decimalComma = false

  /// For ArgumentParser.
  public init() {}
}

/// What stands between the fields of a CSV file.
public enum FieldSeparator: String, ExpressibleByArgument, CaseIterable, Sendable {
  case comma, semicolon, tab

  /// Its byte.
  public var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: UInt8(ascii: "\t")
    }
  }
}
