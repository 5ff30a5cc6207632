// The options of commands that read a series from a CSV file.

import ArgumentParser

/// How a CSV file is read as a series. Streams carry all this themselves.
public struct SeriesOptions: ParsableArguments {
  /// `--time`: the column of times.
  @Option(
    help: ArgumentHelp(
      "CSV: the column of times (default: the first column, if it contains dates).", valueName: "column"))
  public var time: String?

  /// `--time-format`: how times are written.
  @Option(
    help: ArgumentHelp(
      """
      CSV: how times are written: iso, year, unix, unix-ms, or a pattern such as "dd.mm.yyyy HH:MM:SS" \
      (default: detected from the first row).
      """, valueName: "format"))
  public var timeFormat: String?

  /// `--separator`: what separates fields.
  @Option(
    help: ArgumentHelp(
      "CSV: the field separator: comma, semicolon, tab or pipe (default: detected in the first lines).",
      valueName: "name"))
  public var separator: FieldSeparator?

  /// `--no-header`: whether the first line is data.
  @Flag(help: "CSV: the first line is data; the columns are called 1, 2, ...")
  public var noHeader = false

  /// `--decimal-comma`: whether numbers have decimal commas.
  @Flag(help: "CSV: numbers have decimal commas: 1,5 means 1.5.")
  public var decimalComma = false

  /// For ArgumentParser.
  public init() {}
}

/// The field separator of a CSV file.
public enum FieldSeparator: String, ExpressibleByArgument, CaseIterable, Sendable {
  case comma, semicolon, tab, pipe

  /// Its byte.
  public var byte: UInt8 {
    switch self {
    case .comma: UInt8(ascii: ",")
    case .semicolon: UInt8(ascii: ";")
    case .tab: UInt8(ascii: "\t")
    case .pipe: UInt8(ascii: "|")
    }
  }
}
