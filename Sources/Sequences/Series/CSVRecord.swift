// One record of a CSV file.

/// One record of a CSV file: its fields without quotes.
public struct CSVRecord: Sendable {
  /// The number of the data row, from 1; the header is row 0.
  public let row: Int
  /// The number of the record's first line in the file, from 1.
  public let line: Int
  private var bytes: [UInt8] = []
  private var ends: [Int] = []

  init(row: Int, line: Int) {
    self.row = row
    self.line = line
  }

  /// The number of fields.
  public var count: Int { ends.count }

  /// The bytes of field `index`.
  public subscript(index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  /// Field `index` as text without surrounding blanks; nil if it is not UTF-8.
  public func text(_ index: Int) -> String? {
    let field = self[index]
    let start = field.firstIndex { !isBlank($0) } ?? field.endIndex
    let end = field.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start
    return String(validating: field[start..<end], as: UTF8.self)
  }

  var size: Int { bytes.count }
  mutating func append(_ byte: UInt8) { bytes.append(byte) }
  mutating func endField() { ends.append(bytes.count) }
}

private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
