// Lines of one or several series that are still being written (`tail -f meter.csv`), read as rows: the name of the series,
// the time, and the values of the columns that a model needs. A header may name the columns; without one, a line has the
// name of its series (if there are several), its time (if the model knows how times are written), and the values, in this
// order, or the values alone.

import Failures
import Sequences

/// A row of a live series.
struct LiveRow {
  /// The name of its series; empty if there is only one.
  var series = ""
  /// The time in Unix seconds.
  var time: Int64?
  /// The values of the columns.
  var values: [Double]
}

/// Reads lines as rows.
struct LiveReader {
  /// Where a row's parts are in a line.
  private struct Positions {
    var count: Int
    var series: Int?
    var times: [Int]
    var values: [Int]
  }

  private let columns: [String]
  private let series: String?
  private let time: TimeColumn?
  private let form: CSVForm
  private var positions: Positions?
  private var isFirst = true

  /// - Parameters:
  ///   - columns: the columns with values.
  ///   - series: the column that names the series; nil if there is only one.
  ///   - time: the model's times.
  ///   - form: how numbers are written.
  init(columns: [String], series: String?, time: TimeColumn?, form: CSVForm) {
    (self.columns, self.series, self.time, self.form) = (columns, series, time, form)
  }

  /// The row in a line; nil if it is a header.
  /// - Throws: `Failure` (data) if it is invalid.
  mutating func read(_ line: [UInt8]) throws -> LiveRow? {
    let fields = StepLines.fields(line, form)
    if isFirst, form.hasHeader, StepLines.areNames(fields) {
      positions = try named(fields)
      isFirst = false
      return nil
    }
    let places = try positions ?? unnamed(fields)
    guard fields.count == places.count else {
      throw Failure.data("has \(counted(fields.count, "field")), not \(places.count)")
    }
    let row = LiveRow(
      series: places.series.map { fields[$0] } ?? "", time: try time(fields, places),
      values: try places.values.enumerated().map { try number(fields[$1], columns[$0]) })
    // Only a line that could be read shows what the others are like.
    (positions, isFirst) = (places, false)
    return row
  }

  private func named(_ names: [String]) throws -> Positions {
    func position(_ column: String) throws -> Int {
      guard let position = names.firstIndex(of: column) else {
        throw Failure.data(
          "there is no column \(column)", remedy: "the model reads \(columns.joined(separator: ", "))")
      }
      return position
    }
    try LiveReader.checkSeries(names, series)
    let times = (time?.columns ?? []).compactMap { names.firstIndex(of: $0) }
    return Positions(
      count: names.count, series: try series.map(position),
      times: times.count == time?.columns.count ? times : [], values: try columns.map(position))
  }

  /// Throws `Failure` (data) if a header shows that lines are of several series, which nothing tells apart.
  static func checkSeries(_ names: [String], _ series: String?) throws {
    guard series == nil, names.contains("unique_id") else { return }
    throw Failure.data("the lines are of several series", remedy: "tell them apart: --series unique_id")
  }

  /// The parts of a line without names, by their number.
  private func unnamed(_ fields: [String]) throws -> Positions {
    let names = series == nil ? 0 : 1
    let times = time?.columns.count ?? 0
    let rest = fields.count - names - columns.count
    guard rest == 0 || (rest == times && times > 0) else {
      let expected = names + columns.count
      let alternative = times > 0 ? " or \(expected + times)" : ""
      throw Failure.data(
        "has \(counted(fields.count, "field")), not \(expected)\(alternative)",
        remedy: "begin with a header line that names the columns")
    }
    let first = names + rest
    return Positions(
      count: fields.count, series: series == nil ? nil : 0, times: Array(names..<first),
      values: Array(first..<fields.count))
  }

  private func time(_ fields: [String], _ places: Positions) throws -> Int64? {
    guard let time, !places.times.isEmpty else { return nil }
    let text = places.times.map { fields[$0] }.joined(separator: " ")
    let bytes = Array(text.utf8)
    guard let seconds = (time.format ?? TimeFormat.detect(bytes))?.seconds(bytes) else {
      if let date = ImpossibleDate(bytes) { throw Failure.data(date.problem, remedy: ImpossibleDate.remedy) }
      throw Failure.data("'\(text)' is not a time as the model's data has them")
    }
    if case .zone = time.offsets { return time.offsets.moment(seconds) }
    return seconds
  }

  private func number(_ field: String, _ column: String) throws -> Double {
    let cell = ArraySlice(field.utf8)
    switch form.numbers.value(cell) {
    case .number(let value): return value
    case .missing: throw Failure.data("column \(column): the value is missing")
    case nil:
      throw Failure.data(
        "column \(column): '\(field)' is not a finite number", remedy: form.numbers.advice(about: cell))
    }
  }
}
