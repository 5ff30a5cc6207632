// Which columns of a CSV file hold its times, and in which format.

import Failures

/// The columns of times in a CSV file, before its rows are read.
struct TimePlan {
  /// Their names; empty if the file has no times.
  private(set) var columns: [String] = []
  /// Whether the column was found rather than named.
  private(set) var isDetected = false
  /// The reader of times; nil if the file has none.
  private(set) var reader: TimeReader?

  /// - Parameters:
  ///   - first: the first record.
  ///   - file: the name of the file in messages.
  /// - Throws: `Failure(.data)` if a named column is missing.
  init(_ options: SeriesCSVOptions, header: [String], first: CSVRecord?, file: String) throws(Failure) {
    var indices = try Self.indices(options.time, header, file: file)
    var format = options.timeFormat
    if indices.isEmpty, let first, (format ?? .iso).read(first[0]) != nil {
      (indices, isDetected) = ([0], true)
    }
    guard !indices.isEmpty else { return }
    columns = indices.map { header[$0] }
    if indices.count > 1, format == nil, let first {
      format = try Self.numericFormat(first, indices, columns)
    }
    reader = TimeReader(
      columns, indices: indices, format: format, isGiven: options.timeFormat != nil, zone: options.timeZone,
      file: file)
  }

  /// The indices of the named columns.
  private static func indices(_ names: ColumnList, _ header: [String], file: String) throws(Failure) -> [Int]
  {
    do { return try header.indices(of: names.names(among: header)) } catch { throw error.placed(at: file) }
  }

  /// The format of columns that each hold a number: by their names, or by their order from the year on.
  private static func numericFormat(_ first: CSVRecord, _ indices: [Int], _ names: [String]) throws(Failure)
    -> TimeFormat?
  {
    let isNumeric = indices.allSatisfy { index in
      !first[index].isEmpty && first[index].allSatisfy { (0x30...0x39).contains($0) || $0 == 0x20 }
    }
    let ordered = ["%Y", "%m", "%d", "%H", "%M", "%S"]
    let named = names.compactMap { directives[$0.lowercased()] }
    if named.count == names.count, isNumeric || named.contains("%m") {
      return try TimeFormat(named.joined(separator: " "))
    }
    guard isNumeric, names.count <= ordered.count, first[indices[0]].count == 4 else { return nil }
    return try TimeFormat(ordered.prefix(names.count).joined(separator: " "))
  }

  private static let directives = [
    "year": "%Y", "yr": "%Y", "yyyy": "%Y", "month": "%m", "mon": "%m", "mm": "%m", "mo": "%m", "day": "%d",
    "dd": "%d", "dy": "%d", "hour": "%H", "hr": "%H", "hh": "%H", "minute": "%M", "min": "%M", "second": "%S",
    "sec": "%S",
  ]
}
