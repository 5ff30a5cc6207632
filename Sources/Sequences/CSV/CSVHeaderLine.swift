// The first line of a CSV file: the names of the columns, or values where the names belong.

import Failures

/// The column names of a CSV file, from its first line.
enum CSVHeaderLine {
  /// The names in `record`; a column without a name is called `column` plus its number.
  static func names(_ record: CSVRecord, offersEncoding: Bool, file: String) throws(Failure) -> [String] {
    var names: [String] = []
    for index in 0..<record.count {
      guard let text = record.text(index) else {
        throw notUTF8(
          "line \(record.line): the name of column \(index + 1)", at: file, offersEncoding: offersEncoding)
      }
      names.append(text.isEmpty ? "column\(index + 1)" : text)
    }
    var seen: Set<String> = []
    if let duplicate = names.first(where: { !seen.insert($0).inserted }) {
      throw Failure.data("two columns have the name \(duplicate)", at: file, remedy: "rename one of them")
    }
    return names
  }

  /// The number of columns at the end that have neither a name nor a first value: they result from separators at the
  /// end of each line.
  static func unnamedColumns(_ first: CSVRecord, _ second: CSVRecord?) -> Int {
    guard let second, second.count == first.count else { return 0 }
    let named = (0..<first.count).last { !first[$0].allSatisfy(isBlank) || !second[$0].allSatisfy(isBlank) }
    return named.map { first.count - 1 - $0 } ?? 0
  }

  /// Whether `first` holds values rather than names: all its cells are values; or some are, they look like those
  /// below them (a date over a date), and no word is above a value.
  static func holdsValues(_ first: CSVRecord, _ second: CSVRecord?) -> Bool {
    let shapes = (0..<first.count).map { CellShape(first.trimmed($0)) }
    guard shapes.contains(where: \.isValue), !areNumbers(first) else { return false }
    guard shapes.contains(.word) else { return true }
    guard let second, second.count == first.count else { return false }
    let pairs = shapes.enumerated().map { ($1, CellShape(second.trimmed($0))) }
    if pairs.contains(where: { $0 == .word && $1.isValue }) { return false }
    return pairs.contains { $0 == $1 && $0.isDetailed }
  }

  /// Throws `Failure` (data) if a name is a number or a time, and so is the cell below it: the line may be data, or the
  /// names may be years.
  static func refuseDoubtfulNames(
    _ first: CSVRecord, _ second: CSVRecord?, file: String
  ) throws(Failure) {
    guard let second, second.count == first.count, !areNumbers(first) else { return }
    let shapes = (0..<first.count).map { (CellShape(first.trimmed($0)), CellShape(second.trimmed($0))) }
    // A word above a value is a name.
    if shapes.contains(where: { $0 == .word && $1.isValue }) { return }
    for index in 0..<first.count where shapes[index].0.isValue && shapes[index].1.isValue {
      let name = String(decoding: first.trimmed(index), as: UTF8.self)
      let kind = Double(name) == nil ? "the value" : "the number"
      throw Failure.data(
        "line \(first.line) may be data: the name of column \(index + 1) is \(kind) \(name)", at: file,
        remedy: "use --no-header if it is data, or --header if these are the names")
    }
  }

  /// Whether the names are 0, 1, ... after an empty one, as pandas numbers columns beside that of row labels.
  private static func areNumbers(_ record: CSVRecord) -> Bool {
    record.count > 1 && record.trimmed(0).isEmpty
      && (1..<record.count).allSatisfy { record.trimmed($0).elementsEqual("\($0 - 1)".utf8) }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// The error of text in another encoding than UTF-8.
/// - Parameter offersEncoding: whether the command has `--encoding`.
public func notUTF8(_ what: String, at file: String, offersEncoding: Bool = true) -> Failure {
  Failure.data(
    "\(what) is not UTF-8 text", at: file,
    remedy: offersEncoding
      ? "name its encoding, for example --encoding latin1"
      : "convert the file, for example: iconv -f WINDOWS-1252 -t UTF-8")
}
