// One record of a CSV file.

/// One record of a CSV file: its fields without quotes.
public struct CSVRecord: Sendable {
  /// The number of the data row, from 1; a header is row 0.
  public internal(set) var row = 0
  /// The number of the record's first line in the file, from 1.
  public let line: Int
  private var bytes: [UInt8] = []
  private var ends: [Int] = []
  /// Whether a field is quoted. Programs that pad a table with empty rows and columns don't quote their fields.
  private(set) var hasQuotes = false

  init(line: Int) { self.line = line }

  /// A record of `count` empty fields.
  init(emptyFields count: Int, line: Int) {
    self.line = line
    ends = Array(repeating: 0, count: count)
  }

  /// The number of fields.
  public var count: Int { ends.count }

  /// The bytes of field `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// Field `index` as text without surrounding blanks; nil if it is not UTF-8.
  public func text(_ index: Int) -> String? { String(validating: trimmed(index), as: UTF8.self) }

  /// The bytes of field `index` without surrounding blanks.
  public func trimmed(_ index: Int) -> ArraySlice<UInt8> { trimmingBlanks(self[index]) }

  /// Whether all fields are empty or blank, and none is quoted.
  var isBlank: Bool { !hasQuotes && bytes.allSatisfy(isBlankByte) }

  var size: Int { bytes.count }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func append(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }
  mutating func beginQuotedField() { hasQuotes = true }
  mutating func endField() { ends.append(bytes.count) }

  /// Removes the last `count` fields, which are blank.
  mutating func removeLastFields(_ count: Int) {
    ends.removeLast(count)
    bytes.removeLast(bytes.count - (ends.last ?? 0))
  }
}

/// The bytes of `text` without spaces and tabs at both ends.
func trimmingBlanks(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
  guard let start = text.firstIndex(where: { !isBlankByte($0) }) else { return text[text.endIndex...] }
  let end = text.lastIndex { !isBlankByte($0) } ?? start
  return text[start...end]
}

func isBlankByte(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
