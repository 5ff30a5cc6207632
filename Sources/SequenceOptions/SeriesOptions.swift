// The options of commands that read a series from a CSV file.

import ArgumentParser
import Failures
import Sequences

/// How a CSV file is read as a series. Streams carry all this themselves, but for what replaces missing values.
public struct SeriesOptions: ParsableArguments {
  /// `--series`: the column that names the series of each row.
  @Option(
    help: ArgumentHelp(
      "CSV: the column that names the series of each row, if there are several (default: unique_id).",
      valueName: "column"))
  public var series: String?

  /// `--time`: the columns of times.
  @Option(
    help: ArgumentHelp(
      """
      CSV: the column of times, or several that are joined: Date,Time or year,month,day (default: the first \
      column, if it contains dates).
      """, valueName: "columns"))
  public var time: String?

  /// `--time-format`: how times are written.
  @Option(
    help: ArgumentHelp(
      """
      CSV: how times are written: iso, year, unix, unix-ms, unix-us, unix-ns, excel, or a pattern such as \
      "dd.mm.yyyy HH:MM:SS" or "%d-%b-%y %I:%M %p" (default: detected).
      """, valueName: "format"),
    completion: .list(["iso", "year", "unix", "unix-ms", "unix-us", "unix-ns", "excel"]))
  public var timeFormat: String?

  /// `--time-zone`: the zone of times without an offset.
  @Option(
    help: ArgumentHelp(
      "CSV: the time zone of local times, such as Europe/Berlin (default: UTC).",
      valueName: "zone"), completion: .custom { _, _, _ in NamedZone.names })
  public var timeZone: String?

  /// `--separator`: what separates fields.
  @Option(
    help: ArgumentHelp(
      "CSV: the field separator: comma, semicolon, tab or pipe (default: detected in the first lines).",
      valueName: "name"))
  public var separator: FieldSeparator?

  /// `--no-header`: whether the first line names the columns.
  @Flag(
    inversion: .prefixedNo,
    help: "CSV: whether the first line names the columns; without a header they are called 1, 2, ...")
  public var header: Bool?

  /// `--decimal-comma`: whether numbers have decimal commas.
  @Flag(inversion: .prefixedNo, help: "CSV: whether numbers have decimal commas: 1,5 means 1.5.")
  public var decimalComma: Bool?

  /// `--thousands`: the mark between groups of three digits.
  @Option(
    help: ArgumentHelp(
      """
      CSV: the thousands separator: comma (1,234.5), point (1.234,5), blank or apostrophe (default: none).
      """, valueName: "mark"))
  public var thousands: DigitGrouping?

  /// `--fill`: what replaces missing values.
  @Option(
    help: ArgumentHelp(
      """
      How missing values are filled: previous, linear (interpolated), a number, or drop, which drops the windows \
      that use them (default: a missing value is an error).
      """, valueName: "fill"))
  public var fill: Fill?

  /// For ArgumentParser.
  public init() {}

  /// Whether an option is given that only a series can have.
  public var describesSeries: Bool {
    series != nil || time != nil || timeFormat != nil || timeZone != nil || decimalComma != nil
      || thousands != nil
      || fill != nil
  }
}

extension DigitGrouping: ExpressibleByArgument {}

extension Fill: ExpressibleByArgument {
  /// `previous`, `linear`, `drop` or a number.
  public init?(argument: String) {
    guard let fill = try? Fill(argument) else { return nil }
    self = fill
  }

  /// The words for completion in shells.
  public static var allValueStrings: [String] { ["previous", "linear", "drop"] }
  /// The words, although a number is allowed too.
  public static var defaultCompletionKind: CompletionKind { .list(allValueStrings) }
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
