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

  init(_ source: any ByteSource, named name: String, isFastText: Bool, _ options: TextOptions) {
    lines = LineReader(source, named: name)
    lines.numberInFile = options.numberInFile
    (self.isFastText, labelSeparator) = (isFastText, options.labelSeparator)
  }

  mutating func next() throws -> TextRecord? {
    guard let line = try lines.nextRow() else { return nil }
    return isFastText
      ? try Self.fastText(line) : try TextLine.parse(line, labelSeparator: labelSeparator)
  }

  /// The labels of a line, which are usually at its beginning but may be anywhere, and the text without them.
  static func fastText(_ line: ArraySlice<UInt8>) throws(Failure) -> TextRecord {
    var names: [String] = []
    var text: [UInt8] = []
    var rest = line.drop(while: isBlank)
    while !rest.isEmpty {
      var end = rest.firstIndex(where: isBlank) ?? rest.endIndex
      let word = rest[..<end]
      while end < rest.endIndex, isBlank(rest[end]) { end += 1 }
      if word.starts(with: mark) {
        names.append(try name(word))
      } else {
        text += rest[..<end]
      }
      rest = rest[end...]
    }
    return TextRecord(label: names.isEmpty ? nil : .several(names), text: text[...])
  }

  private static func name(_ word: ArraySlice<UInt8>) throws(Failure) -> String {
    let name = try LabelText.name(word.dropFirst(mark.count))
    guard !name.isEmpty else { throw Failure.data("a __label__ has no name") }
    return name
  }

  /// Whether one of the words of a line is a label.
  static func hasFastTextLabel(_ line: ArraySlice<UInt8>) -> Bool {
    line.starts(with: mark) || line.firstRange(of: [0x20] + mark) != nil
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}
