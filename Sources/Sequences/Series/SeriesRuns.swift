// Signs that a file holds several series one below the other or mixed, such as one for each store: windows across them
// would be silently wrong. A column that names the series is recognized by its name, or by another column that starts
// over wherever it changes.

import Failures

/// Watches the records of a file for the borders of series.
struct SeriesRuns {
  /// A column whose value may name the series of a row.
  private struct Label {
    let index: Int
    let name: String
    /// The rows where it changes.
    var changes: [Int] = []
    var firstChange: CSVRecord?
    var seen: Set<[UInt8]>
    var returns = false
    var isText: Bool
    /// Whether it changes too often to be a label.
    var isVolatile = false
  }

  /// A column of whole numbers that rise, except where they start over.
  private struct Counter {
    let index: Int
    var restarts: [Int] = []
    var previous: Int64
    var step: Int64?
    var isBroken = false
  }

  private static let limit = 10_000
  private let header: [String]
  private let timeIndices: [Int]
  private var previous: CSVRecord?
  private var labels: [Label] = []
  private var counters: [Counter] = []
  private var rows = 0

  /// - Parameter timeIndices: the fields that are times, which change all the time.
  init(header: [String], timeIndices: [Int]) {
    (self.header, self.timeIndices) = (header, timeIndices)
  }

  /// Adds the next record.
  mutating func add(_ record: CSVRecord) {
    defer { previous = record }
    rows += 1
    guard let previous else { return begin(with: record) }
    for position in labels.indices
    where record[labels[position].index] != previous[labels[position].index] {
      change(position, record)
    }
    // One pass removes all, since there may be as many as columns.
    if labels.contains(where: \.isVolatile) { labels.removeAll(where: \.isVolatile) }
    for position in counters.indices where !follow(position, record) { counters[position].isBroken = true }
    if counters.contains(where: \.isBroken) { counters.removeAll(where: \.isBroken) }
  }

  private mutating func begin(with record: CSVRecord) {
    for index in header.indices where !timeIndices.contains(index) {
      let cell = record.trimmed(index)
      if NumberFormat.isBool(cell) { continue }
      let number = Int64(String(decoding: cell, as: UTF8.self))
      let isText =
        CellShape(cell) != .missing && NumberFormat().number(cell) == nil && !CellShape(cell).isValue
      labels.append(Label(index: index, name: header[index], seen: [Array(record[index])], isText: isText))
      if let number { counters.append(Counter(index: index, previous: number)) }
    }
  }

  /// Notes that a label changes, and whether it changes too often to be one.
  private mutating func change(_ position: Int, _ record: CSVRecord) {
    labels[position].changes.append(record.row)
    if labels[position].firstChange == nil { labels[position].firstChange = record }
    if !labels[position].seen.insert(Array(record[labels[position].index])).inserted {
      labels[position].returns = true
    }
    let count = labels[position].changes.count
    let isVolatile = !hasLabelName(labels[position].name) && count > 8 && count * 2 > rows
    labels[position].isVolatile = isVolatile || count > Self.limit
  }

  /// Whether the column still counts rows, from the start or anew.
  private mutating func follow(_ position: Int, _ record: CSVRecord) -> Bool {
    guard let value = Int64(String(decoding: record.trimmed(counters[position].index), as: UTF8.self)) else {
      return false
    }
    defer { counters[position].previous = value }
    let change = value.subtractingReportingOverflow(counters[position].previous)
    if change.overflow || change.partialValue == 0 { return false }
    if change.partialValue == counters[position].step { return true }
    if counters[position].step == nil, change.partialValue > 0 {
      counters[position].step = change.partialValue
      return true
    }
    counters[position].restarts.append(record.row)
    return change.partialValue < 0 && counters[position].restarts.count <= Self.limit
  }
}

// MARK: - Conclusions

extension SeriesRuns {
  /// The error of a time that does not follow the one before because another series begins; nil if there is no sign of
  /// one. Must be called before the record is added.
  func failure(beforeAdding record: CSVRecord, file: String) -> Failure? {
    guard let previous else { return nil }
    let changing = labels.filter { record[$0.index] != previous[$0.index] }
    let signs = changing.filter { hasLabelName($0.name) || $0.isText || isRun($0) }
    let sign = signs.first { hasLabelName($0.name) } ?? signs.first(where: \.isText) ?? signs.first
    return sign.map { failure($0, from: previous, to: record, file: file) }
  }

  /// The error of a file whose series are one below the other with times or numbers that go on; nil if there is no
  /// sign of several.
  func failure(file: String) -> Failure? {
    let counting = counters.filter { $0.step != nil && !$0.restarts.isEmpty }
    let restarting = Dictionary(grouping: counting, by: \.restarts).mapValues { Set($0.map(\.index)) }
    for label in labels {
      guard let change = label.firstChange else { continue }
      let isRun = label.changes.count * 2 <= rows
      let restarts = !(restarting[label.changes]?.subtracting([label.index]).isEmpty ?? true)
      let isNamed = hasLabelName(label.name) && (isRun || label.returns)
      guard isNamed || (isRun && restarts && !isPartOfTime(label.name)) else { continue }
      return failure(label, to: change, file: file)
    }
    return nil
  }

  /// Columns of text that stay the same for many rows, and never return to an earlier value.
  var doubtfulLabels: [String] {
    labels.filter { $0.isText && !$0.returns && isSteady($0) && !$0.changes.isEmpty }.map(\.name)
  }

  /// Whether a column stayed the same for some rows each, up to this change.
  private func isRun(_ label: Label) -> Bool {
    rows >= 4 && (label.changes.count + 1) * 4 <= rows
  }

  private func isSteady(_ label: Label) -> Bool { label.changes.count * 4 <= rows }

  private func failure(_ label: Label, from: CSVRecord? = nil, to record: CSVRecord, file: String) -> Failure
  {
    let value = record.text(label.index) ?? "another value"
    let isMixed = label.returns || (from != nil && label.seen.contains(Array(record[label.index])))
    let option = "--series \(shellQuoted(label.name))"
    let before = from.flatMap { $0.text(label.index) }.map { " from \($0)" } ?? ""
    return Failure.data(
      "row \(record.row) (line \(record.line)): column \(label.name) changes\(before) to \(value): "
        + "the file holds several series", at: file,
      remedy: isMixed
        ? "sort the rows by series and time, and name the column: \(option)" : "name the column: \(option)")
  }

  /// Whether a column has one of the usual names for columns that name series.
  private func hasLabelName(_ name: String) -> Bool {
    let lower = name.lowercased()
    return Self.labelNames.contains(lower) || lower.hasSuffix("_id") || lower.hasSuffix(" id")
      || (name.hasSuffix("Id") || name.hasSuffix("ID")) && name.count > 2
  }

  private static let labelNames: Set<String> = [
    "id", "uid", "series", "item", "sku", "store", "shop", "product", "sensor", "station", "ticker", "symbol",
    "entity",
    "group", "meter", "device", "machine", "customer", "household", "site", "asset", "country", "region",
    "city",
    "location",
  ]

  /// Whether a column is named like a part of a time, which changes where a smaller part starts over.
  private func isPartOfTime(_ name: String) -> Bool {
    let parts = ["year", "quarter", "month", "week", "day", "date", "hour", "minute", "dow", "doy"]
    return parts.contains { name.lowercased().contains($0) }
  }
}
