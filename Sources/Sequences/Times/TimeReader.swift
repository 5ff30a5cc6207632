// Reads the times in the records of a CSV file: from one column or several, in one format, in UTC or a named zone.

import Calendar
import Failures

/// Reads the times of records, one after another.
struct TimeReader {
  /// What is known of the times so far.
  private(set) var column: TimeColumn
  private let indices: [Int]
  private let file: String
  private let format: TimeFormat?
  private var zone: NamedZone?
  private var previous: Int64?
  private var hasOffset: Bool?

  /// - Parameters:
  ///   - columns: the names of the columns of times.
  ///   - indices: their indices in a record.
  ///   - format: the format; nil if it is not known, so that no time can be read.
  ///   - isCertain: whether other files with such times are in this format too.
  ///   - file: the name of the file in messages.
  init(
    _ columns: [String], indices: [Int], format: TimeFormat?, isCertain: Bool, zone: NamedZone?, file: String
  ) {
    column = TimeColumn(columns: columns)
    column.format = isCertain ? format : nil
    if let zone { column.offsets = .zone(zone) }
    (self.indices, self.zone, self.file, self.format) = (indices, zone, file, format)
  }

  /// The cells of the time columns, joined by blanks.
  static func text(_ record: CSVRecord, _ indices: [Int]) -> ArraySlice<UInt8> {
    if indices.count == 1 { return record[indices[0]] }
    return Array(indices.map { record[$0] }.joined(separator: [0x20]))[...]
  }

  /// The time of the next record in Unix seconds. Throws `Failure(.data)` if it can't be read.
  mutating func time(of record: CSVRecord) throws(Failure) -> Int64 {
    let text = Self.text(record, indices)
    guard let written = format?.read(text) else { throw unreadable(record, text) }
    try checkOffset(written, record)
    if written.hasClock { column.form = .time } else if column.form == nil { column.form = .date }
    if written.hasFraction { column.cutFractions = true }
    let time = try moment(written, record)
    previous = time
    return time
  }

  /// The moment of a time: with its own offset, in the zone, or else as UTC.
  private mutating func moment(_ written: WrittenTime, _ record: CSVRecord) throws(Failure) -> Int64 {
    if let offset = written.offset {
      if zone == nil { column.offsets.add(offset, at: written.seconds) }
      return written.seconds
    }
    guard let moments = zone?.moments(showing: written.clock) else { return written.clock }
    guard let last = moments.last else { throw skipped(written, record) }
    // Of the two moments in a repeated hour, the one that follows the row before.
    return moments.first { moment in previous.map { moment > $0 } ?? true } ?? last
  }

  private mutating func checkOffset(_ written: WrittenTime, _ record: CSVRecord) throws(Failure) {
    let has = written.offset != nil
    defer { hasOffset = has }
    guard let hasOffset, hasOffset != has else { return }
    throw Failure.data(
      place(record)
        + (has
          ? "has an offset from UTC, unlike the rows before"
          : "has no offset from UTC, unlike the rows before"),
      at: file, remedy: "write all times with or without an offset")
  }
}

// MARK: - Messages

extension TimeReader {
  private func place(_ record: CSVRecord) -> String {
    let text = String(decoding: Self.text(record, indices), as: UTF8.self)
    let shown = text.count > 40 ? "\"\(text.prefix(40))...\"" : "\"\(text)\""
    return "\(row(record)): \(shown) "
  }

  private func row(_ record: CSVRecord) -> String {
    "row \(record.row) (line \(record.line)), column \(column.column)"
  }

  private func skipped(_ written: WrittenTime, _ record: CSVRecord) -> Failure {
    Failure.data(
      place(record) + "does not exist in \(zone?.name ?? ""), where clocks were set forward at that time",
      at: file,
      remedy: "use the --time-zone in which the file was written")
  }

  private func unreadable(_ record: CSVRecord, _ text: ArraySlice<UInt8>) -> Failure {
    if let date = ImpossibleDate(text) {
      return Failure.data("\(row(record)): \(date.problem)", at: file, remedy: ImpossibleDate.remedy)
    }
    guard let format else { return unknown(record, text) }
    return Failure.data(
      place(record) + "is not a time in the format \(format.text)", at: file,
      remedy: "correct it, or set --time-format to how the times are written")
  }

  private func unknown(_ record: CSVRecord, _ text: ArraySlice<UInt8>) -> Failure {
    var scanner = TimeScanner(trimming: text)
    if scanner.digits <= 2, scanner.number(1...2) != nil, scanner.take(UInt8(ascii: ":")) {
      return Failure.data(
        place(record) + "is a time of day without a date", at: file,
        remedy: "name the column of dates too, as in --time Date,Time")
    }
    scanner = TimeScanner(trimming: text)
    let remedy =
      scanner.whole() == nil
      ? "set --time-format, for example to \"dd.mm.yyyy HH:MM:SS\""
      : "set --time-format to unix for seconds since 1970, or to excel for the day numbers of spreadsheets"
    return Failure.data(place(record) + "is not a time in a known format", at: file, remedy: remedy)
  }

  /// Notes for the user on the times read so far.
  var notes: [String] {
    column.cutFractions ? ["column \(column.column): fractions of a second are cut off"] : []
  }

  /// The time in a record as it is written, for messages.
  func shown(_ record: CSVRecord) -> String { String(decoding: Self.text(record, indices), as: UTF8.self) }
}
