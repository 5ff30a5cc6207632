// The format of a text file, by its bytes and its name. Tables, JSON and fastText's lines must not pass for lines of
// text: their syntax, and worse, their labels would become words.

import ByteStreams
import Failures
import TensorFile

/// What the first lines of a text file look like.
public struct TextRecognition {
  /// How many bytes are looked at.
  public static let sampleBytes = 1 << 16
  private static let mostLines = 50
  private let lines: [ArraySlice<UInt8>]
  private let path: String

  /// - Parameter sample: the first bytes; all lines but an incomplete last one are looked at.
  public init(_ sample: [UInt8], path: String) {
    self.path = path
    var lines = sample.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    if sample.count >= Self.sampleBytes, lines.count > 1 { lines.removeLast() }
    self.lines = lines.lazy.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
      .filter { !$0.allSatisfy { $0 == 0x20 || $0 == 0x09 } }.prefix(Self.mostLines).map { $0 }
  }

  /// The format.
  /// - Throws: `Failure` (data) for a file that looks like structured data, but has none of the formats.
  public func format() throws(Failure) -> TextFormat {
    guard let first = lines.first else { return TextFormat(path: path) ?? .lines }
    if let tagged = taggedFormat { return tagged }
    try refuseWholeJSON(first)
    if lines.allSatisfy(isObject) { return .jsonl }
    let named = TextFormat(path: path)
    if named == .jsonl {
      throw Failure.data(
        "is named like JSON Lines, but a line is not a JSON object",
        remedy: lines.contains { $0.first == UInt8(ascii: "{") }
          ? "--format jsonl shows which line, and why" : "name the format: --format lines"
      )
    }
    if lines.contains(where: LineRecords.hasFastTextLabel) { return .fasttext }
    if named == .csv || isQuotedTable { return .csv }
    if let separator = headerSeparator { return separator == UInt8(ascii: "\t") ? .tsv : .csv }
    try refuseTable()
    return .lines
  }

  /// Whether the file holds text rather than a series: it is JSON Lines or fastText's, has a column with the usual name
  /// of a text, or no column of numbers or times.
  /// - Parameter separator: the byte between fields; nil to detect it.
  public func holdsText(separator: UInt8?) -> Bool {
    guard let first = lines.first else { return false }
    if lines.contains(where: LineRecords.hasFastTextLabel) || lines.allSatisfy(isObject) { return true }
    if [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(trimmingBlanks(first).first) { return true }
    if headerSeparator != nil { return true }
    let bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    var dialect = CSVDialect(separator: separator)
    dialect.header = .absent
    guard var reader = try? CSVReader(MemorySource(bytes), named: path, dialect) else { return false }
    var hasValues = [Bool](repeating: true, count: reader.header.count)
    var records = 0
    while let record = try? reader.next() {
      records += 1
      // The first record may be a header.
      if records == 1, lines.count > 1 { continue }
      for index in hasValues.indices {
        let shape = CellShape(record.trimmed(index))
        if !shape.isValue, shape != .missing { hasValues[index] = false }
      }
    }
    return records > 0 && !hasValues.contains(true)
  }

  /// The format of words with tags, by the file's name or its lines; nil if it is none.
  public var taggedFormat: TextFormat? {
    if let named = TextFormat(path: path), named.hasTags { return named }
    return TaggedForm.isConllu(lines) ? .conllu : nil
  }

  /// Whether the lines have the form in which a model's data was written, with its tags.
  public func matches(_ form: TaggedForm, tags: ClassNames) -> Bool { form.matches(lines, tags: tags) }

  private func isObject(_ line: ArraySlice<UInt8>) -> Bool {
    let text = trimmingBlanks(line)
    return text.first == UInt8(ascii: "{") && text.last == UInt8(ascii: "}")
      && text.contains(UInt8(ascii: "\""))
      && text.contains(UInt8(ascii: ":"))
  }

  /// A JSON array of rows, or one object over several lines.
  private func refuseWholeJSON(_ first: ArraySlice<UInt8>) throws(Failure) {
    let text = trimmingBlanks(first)
    let second = lines.dropFirst().first.map { trimmingBlanks($0).first }
    let (brace, bracket) = (UInt8(ascii: "{"), UInt8(ascii: "["))
    let opens = text == [bracket]
    if text.starts(with: [bracket, brace]) || opens && second == brace {
      throw Failure.data(
        "is one JSON array, not JSON Lines", remedy: "write a line for each row: jq -c '.[]'")
    }
    if text == [brace], second == UInt8(ascii: "\"") {
      throw Failure.data("has JSON objects over several lines", remedy: "write a line for each row: jq -c .")
    }
  }

  /// Whether every line is a row of quoted fields.
  private var isQuotedTable: Bool {
    let quote = UInt8(ascii: "\"")
    return lines.allSatisfy { $0.first == quote && $0.last == quote }
      && lines.allSatisfy { line in
        [",", ";", "\t"].contains { line.firstRange(of: Array("\"\($0)\"".utf8)) != nil }
      }
  }

  /// The separator of a header with the usual name of a text, if the other lines have as many fields.
  private var headerSeparator: UInt8? {
    for separator in ["\t", ",", ";", "|"].compactMap(\.utf8.first) {
      let names = lines[0].split(separator: separator, omittingEmptySubsequences: false)
      guard names.count > 1, names.allSatisfy(isName) else { continue }
      let texts = names.map { String(decoding: trimmingBlanks($0), as: UTF8.self).filter { $0 != "\"" } }
      if TextColumns.areUsual(texts) { return separator }
      if TextColumns.hasText(texts), isTable(separator, fields: names.count) { return separator }
    }
    return nil
  }

  private func isName(_ field: ArraySlice<UInt8>) -> Bool {
    (1...30).contains(field.count) && !CellShape(trimmingBlanks(field)).isValue
  }

  /// Whether the lines are records of that many fields.
  private func isTable(_ separator: UInt8, fields: Int) -> Bool {
    let bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    var dialect = CSVDialect(separator: separator)
    dialect.header = .absent
    guard var reader = try? CSVReader(MemorySource(bytes), named: path, dialect) else { return false }
    var records = 0
    // A quoted field may continue beyond the sample.
    while let record = try? reader.next() {
      guard record.count == fields else { return false }
      records += 1
    }
    return records > 1
  }

  /// Lines with the same number of tabs, two or more, have more columns than a label and a text.
  private func refuseTable() throws(Failure) {
    let tabs = lines.map { $0.count { $0 == UInt8(ascii: "\t") } }
    guard lines.count > 1, let first = tabs.first, first > 1, tabs.allSatisfy({ $0 == first }) else { return }
    throw Failure.data(
      "looks like a table of \(first + 1) columns, not like label<TAB>text",
      remedy: "read it with --format tsv, and --no-header --text-column 2, say, if it has no header")
  }
}
