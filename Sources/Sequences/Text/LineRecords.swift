// Text files with a row in each line: labels before a tab, or fastText's `__label__NAME`.

import ByteStreams
import Failures

/// The rows of `label<TAB>text` lines, or of fastText's lines.
struct LineRecords: TextRecords {
  private var lines: LineReader
  private let isFastText: Bool
  private let labelSeparator: String?
  private static let mark = Array("__label__".utf8)

  var line: Int { lines.number }

  init(_ source: any ByteSource, named name: String, isFastText: Bool, labelSeparator: String?) {
    lines = LineReader(source, named: name)
    (self.isFastText, self.labelSeparator) = (isFastText, labelSeparator)
  }

  mutating func next() throws -> TextRecord? {
    guard let line = try lines.next() else { return nil }
    return isFastText
      ? try Self.fastText(line) : try TextLine.parse(line, labelSeparator: labelSeparator)
  }

  /// The labels at the beginning of a line, and the text after them.
  static func fastText(_ line: ArraySlice<UInt8>) throws(Failure) -> TextRecord {
    var names: [String] = []
    var rest = line.drop(while: isBlank)
    while rest.starts(with: mark) {
      let end = rest.firstIndex(where: isBlank) ?? rest.endIndex
      let name = try LabelText.name(rest[(rest.startIndex + mark.count)..<end])
      guard !name.isEmpty else { throw Failure.data("a __label__ has no name") }
      names.append(name)
      rest = rest[end...].drop(while: isBlank)
    }
    return TextRecord(label: names.isEmpty ? nil : .several(names), text: rest)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
