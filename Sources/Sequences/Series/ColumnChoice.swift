// Which columns of a CSV file are numbers to read: those that the user names, or all that are not times. A column of
// text among these is an error that says which columns to name.

import Failures

extension NumberColumn {
  /// The fields to read, in order.
  /// - Parameters:
  ///   - times: the fields that are times.
  ///   - names: the fields that name sequences and labels.
  ///   - sample: the first records.
  /// - Throws: `Failure` (data) if a named column is missing, or a column that was not named holds text.
  static func choose(
    _ options: SeriesCSVOptions, header: [String], times: [Int], names: [Int], _ sample: [CSVRecord],
    file: String
  ) throws(Failure) -> [Int] {
    if let columns = options.columns {
      do { return try header.indices(of: columns.names(among: header)) } catch {
        throw error.placed(at: error.kind == .usage ? "--columns" : file)
      }
    }
    let others = Set(times + names)
    let indices = header.indices.filter { !others.contains($0) }
    guard !indices.isEmpty else { throw Failure.data("the file has no numeric column", at: file) }
    let texts = indices.filter { text(in: sample, $0) != nil }
    guard let first = texts.first, let example = text(in: sample, first) else { return Array(indices) }
    throw Failure.data(
      "column \(header[first]) holds text, such as \(example)", at: file,
      remedy: options.sequences.map { $0.isPanel } ?? false
        ? "if it is the same in all rows of a series, use --static \(shellQuoted(header[first])); else name the columns "
          + "with numbers in --columns"
        : options.sequences?.label == nil && options.sequences != nil
          ? "name the column with the labels: --label \(shellQuoted(header[first]))"
          : remedy(
            header, times: times, others: Set(indices).subtracting(texts).sorted(),
            series: seriesColumn(header, sample), sample))
  }

  private static func remedy(
    _ header: [String], times: [Int], others: [Int], series: String?, _ sample: [CSVRecord]
  ) -> String {
    let dates = others.filter { index in sample.contains { TimeFormat.iso.seconds($0.trimmed(index)) != nil }
    }
    let names = Set(others).subtracting(dates).sorted().map { ColumnList.quoted(header[$0]) }
    guard !names.isEmpty else { return "the file has no numeric column" }
    guard names.count <= 8 else { return "name the columns with numbers in --columns" }
    if let series {
      return
        "if it names the series of each row, use --series \(shellQuoted(series)); else name the columns with "
        + "numbers in --columns"
    }
    var time = ""
    if times.isEmpty, let date = dates.first { time = "--time \(shellQuoted(header[date])) " }
    return "name the columns with numbers: \(time)--columns \(shellQuoted(names.joined(separator: ",")))"
  }

  /// The first column, if it holds the same text in some rows one after the other, as names of series do.
  private static func seriesColumn(_ header: [String], _ sample: [CSVRecord]) -> String? {
    guard header.count > 2, sample.count > 1, text(in: sample, 0) != nil else { return nil }
    let repeats = zip(sample, sample.dropFirst()).count { $0[0] == $1[0] }
    return repeats * 2 >= sample.count - 1 ? header[0] : nil
  }

  /// The first cell of a column whose cells are text rather than numbers or times; nil if there is no such cell, or one
  /// that is a value.
  private static func text(in sample: [CSVRecord], _ index: Int) -> String? {
    let filled = sample.filter { CellShape($0.trimmed(index)) != .missing }
    guard filled.allSatisfy({ isText($0, index) }) else { return nil }
    return filled.first?.shown(index)
  }
}

extension NumberColumn {
  private static func isText(_ record: CSVRecord, _ index: Int) -> Bool {
    let cell = record.trimmed(index)
    guard let text = record.text(index)?.lowercased(), !NumberFormat.isBool(cell) else { return false }
    if text.hasPrefix("0x") || ["inf", "infinity", "-inf", "-infinity"].contains(text) { return false }
    return switch CellShape(cell) {
    case .word: true
    case .mixed: NumberAdvice(cell, readAs: NumberFormat()).text == nil
    case .missing, .value: false
    }
  }
}

/// A word for a shell, quoted if necessary.
func shellQuoted(_ word: String) -> String {
  let isPlain = word.utf8.allSatisfy { byte in
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80
      || "_-.,:/+%@".utf8.contains(byte)
  }
  return isPlain && !word.isEmpty
    ? word
    : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}

extension CSVRecord {
  /// A field in a message: quoted, and cut after 40 characters.
  func shown(_ index: Int) -> String {
    guard let text = text(index) else { return "text that is not UTF-8" }
    return text.count > 40 ? "\"\(text.prefix(40))...\"" : "\"\(text)\""
  }
}
