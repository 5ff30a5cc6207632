// Which columns of a CSV file hold its times, and in which format. Where the first row leaves several formats open,
// or doesn't show whether numbers are times, all rows are surveyed.

import Failures

/// The columns of times in a CSV file, before its rows are read.
struct TimePlan {
  /// Their names; empty if the file has no times.
  private(set) var columns: [String] = []
  /// Whether the column was found rather than named.
  private(set) var isDetected = false
  /// The format, once it is known.
  private(set) var format: TimeFormat?
  /// Whether other files with such times are in this format too.
  private var isCertain = true
  /// Notes for the user on the times.
  private(set) var notes: [String] = []

  private let options: SeriesCSVOptions
  private let file: String
  private var indices: [Int] = []
  private var survey: TimeSurvey?
  /// The field that names the series of a row, and its last value, since times start over with each series.
  private var series: (index: Int, name: [UInt8])?

  /// - Parameters:
  ///   - first: the first record.
  ///   - file: the name of the file in messages.
  /// - Throws: `Failure(.data)` if a named column is missing.
  init(_ options: SeriesCSVOptions, header: [String], first: CSVRecord?, file: String) throws(Failure) {
    (self.options, self.file) = (options, file)
    indices = try Self.indices(options.time, header, file: file)
    format = options.timeFormat
    if let sequences = options.sequences, sequences.isPanel {
      series = header.firstIndex(of: sequences.sequence).map { ($0, []) }
    }
    if indices.isEmpty {
      detect(header, first)
      return
    }
    columns = indices.map { header[$0] }
    guard format == nil, let first else { return }
    if indices.count > 1 { format = try Self.numericFormat(first, indices, columns) }
    if format == nil { choose(TimeCandidates.formats(TimeReader.text(first, indices)), mustFit: false) }
    if isNumeric { notes.append("column \(columns[0]): the time format is \(format?.text ?? "")") }
  }

  /// Takes the first column if it holds times.
  private mutating func detect(_ header: [String], _ first: CSVRecord?) {
    guard let first, let index = candidate(header) else { return }
    if let format { guard format.read(first[index]) != nil else { return } }
    let formats = format.map { [$0] } ?? TimeCandidates.formats(first[index])
    guard !formats.isEmpty else { return }
    (indices, columns, isDetected) = ([index], [header[index]], true)
    // Numbers may be anything but times.
    if format == nil { choose(formats, mustFit: formats[0].isNumber) }
  }

  /// The column that may hold times: the first, which in a panel is `ds` or the first that doesn't describe a series.
  private func candidate(_ header: [String]) -> Int? {
    let named = [options.sequences?.sequence, options.sequences?.label].compactMap { $0 }
    guard let sequences = options.sequences, sequences.isPanel else {
      return named.contains(header[0]) ? nil : 0
    }
    return header.firstIndex(of: "ds")
      ?? header.firstIndex { !named.contains($0) && !sequences.statics.contains($0) }
  }

  private mutating func choose(_ formats: [TimeFormat], mustFit: Bool) {
    if formats.count == 1, !mustFit {
      format = formats[0]
    } else if !formats.isEmpty {
      survey = TimeSurvey(formats, column: columns.joined(separator: ","), mustFit: mustFit)
    }
  }

  private var isNumeric: Bool { format?.isNumber ?? false && format != .year }

  /// The indices of the named columns.
  private static func indices(_ names: ColumnList, _ header: [String], file: String) throws(Failure) -> [Int]
  {
    do { return try header.indices(of: names.names(among: header)) } catch { throw error.placed(at: file) }
  }
}

// MARK: - The survey

extension TimePlan {
  /// Whether rows must be surveyed before they are read.
  var needsSurvey: Bool { survey.map { !$0.isSettled } ?? false }

  /// Adds a row to the survey.
  mutating func add(_ record: CSVRecord) {
    if let series, !record[series.index].elementsEqual(series.name) {
      survey?.beginSeries()
      self.series?.name = Array(record[series.index])
    }
    survey?.add(TimeReader.text(record, indices))
  }

  /// Ends the survey. Throws `Failure(.data)` if the rows don't decide between formats.
  mutating func settle() throws(Failure) {
    guard let survey else { return }
    defer { self.survey = nil }
    if survey.mustFit {
      format = survey.fittingFormat()
      if format == nil { (indices, columns, isDetected) = ([], [], false) }
      return
    }
    do {
      let (format, note, isCertain) = try survey.format()
      (self.format, self.isCertain) = (format, isCertain)
      notes += [note].compactMap { $0 }
    } catch { throw error.placed(at: file) }
  }

  /// The reader of times; nil if the file has none.
  var reader: TimeReader? {
    if indices.isEmpty { return nil }
    return TimeReader(
      columns, indices: indices, format: format, isCertain: isCertain, zone: options.timeZone,
      file: file)
  }

  /// How a detected column is announced: its name, and its format unless it is ISO 8601.
  var detectedColumn: String? {
    guard isDetected, let format, let name = columns.first else { return nil }
    return format == .iso
      ? "\(name) as the time column" : "\(name) as the time column (format \(format.text))"
  }
}

// MARK: - Numbers in several columns

extension TimePlan {
  /// The format of columns that each hold a number: by their names, or by their order from the year on.
  private static func numericFormat(_ first: CSVRecord, _ indices: [Int], _ names: [String]) throws(Failure)
    -> TimeFormat?
  {
    let isNumeric = indices.allSatisfy { index in
      !first[index].isEmpty && first[index].allSatisfy { (0x30...0x39).contains($0) || $0 == 0x20 }
    }
    let ordered = ["%Y", "%m", "%d", "%H", "%M", "%S"]
    let named = names.compactMap { directives[$0.lowercased()] }
    if named.count == names.count, isNumeric { return try TimeFormat(named.joined(separator: " ")) }
    guard isNumeric, names.count <= ordered.count, first[indices[0]].count == 4 else { return nil }
    return try TimeFormat(ordered.prefix(names.count).joined(separator: " "))
  }

  private static let directives = [
    "year": "%Y", "yr": "%Y", "yyyy": "%Y", "month": "%m", "mon": "%m", "mm": "%m", "mo": "%m", "day": "%d",
    "dd": "%d", "dy": "%d", "hour": "%H", "hr": "%H", "hh": "%H", "minute": "%M", "min": "%M", "second": "%S",
    "sec": "%S",
  ]
}
