// The column `ds` of a file with several series, where it counts steps instead of holding times: the rows of a series must
// follow one another without a gap. The counts are not inputs.

import Failures

/// Checks that the numbers of a column rise by the same step within each series.
struct OrderColumn {
  /// The usual name of the column of times, in Nixtla's long format.
  static let name = "ds"
  /// The index of its field in a record.
  let index: Int
  private let file: String
  private var previous: Int64?
  private var step: Int64?

  /// Nil if a file has no such column, or its first cells are not whole numbers.
  init?(_ header: [String], _ sample: [CSVRecord], file: String) {
    guard let index = header.firstIndex(of: Self.name), !sample.isEmpty,
      sample.allSatisfy({ Self.number($0, index) != nil })
    else { return nil }
    (self.index, self.file) = (index, file)
  }

  private static func number(_ record: CSVRecord, _ index: Int) -> Int64? {
    Int64(String(decoding: record.trimmed(index), as: UTF8.self))
  }

  /// The next record begins another series.
  mutating func beginSeries() { previous = nil }

  /// Checks the next record of the series `name`. Throws `Failure` (data) if it doesn't follow the one before.
  mutating func check(_ record: CSVRecord, series name: String) throws(Failure) {
    let place = "row \(record.row) (line \(record.line)), column \(Self.name): "
    guard let number = Self.number(record, index) else {
      throw Failure.data(place + "\(record.shown(index)) is not a whole number", at: file)
    }
    defer { previous = number }
    guard let previous else { return }
    let (distance, overflow) = number.subtractingReportingOverflow(previous)
    guard distance > 0, !overflow else {
      throw Failure.data(
        place + "\(number) comes after \(previous) within series \(name)", at: file,
        remedy: "sort the rows of each series by time")
    }
    if step == nil { step = distance }
    guard distance == step else {
      throw Failure.data(
        place + "\(number) comes after \(previous) within series \(name), but the step is \(step ?? 1)",
        at: file,
        remedy: "add the missing rows, or name the times with --time")
    }
  }
}
