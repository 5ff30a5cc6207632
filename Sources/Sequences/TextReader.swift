// Plain text read as the chunks of a text stream: the column `text`, and `y` where rows are labelled.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// How rows of text are written in a plain file.
public enum TextFormat: String, Sendable, CaseIterable {
  /// `label<TAB>text` or text, a line each.
  case lines
  /// JSON objects with `text` and `label`, a line each.
  case jsonl
}

/// Reads plain text row by row. Either all rows have labels or none has.
public struct TextReader {
  private static let chunkBytes = 1 << 22
  private let format: TextFormat
  private let isOpen: Bool
  private var lines: LineReader
  private var kind: LabelKind?

  /// The class names: those given, or, once all is read, those found, in the order of first sight; nil
  /// where rows have no labels, or ids for such.
  public var classes: ClassNames? { names.count > 0 ? names : nil }
  /// How many rows were read.
  public private(set) var rows = 0
  private var names: ClassNames

  private enum LabelKind: String {
    case none = "no label"
    case name = "a named label"
    case id = "a numeric label"
  }

  /// - Parameters:
  ///   - name: what messages call the source.
  ///   - classes: the only labels there may be; where nil, each new one becomes a class.
  public init(
    _ source: any ByteSource, named name: String, format: TextFormat = .lines, classes: ClassNames? = nil
  ) {
    lines = LineReader(source, named: name)
    self.format = format
    isOpen = classes == nil
    names = classes ?? ClassNames()
  }

  /// The next rows; nil after the last.
  /// - Throws: `Failure`, naming the line.
  public mutating func next() throws -> Chunk? {
    var text: [UInt8] = []
    var lengths: [Int32] = []
    var labels: [Int32] = []
    while text.count + lengths.count * 8 < Self.chunkBytes, let line = try lines.next() {
      let record = try record(line)
      if let id = record.id { labels.append(id) }
      text.append(contentsOf: record.text)
      lengths.append(Int32(record.text.count))
    }
    rows += lengths.count
    return lengths.isEmpty ? nil : chunk(text, lengths, labels)
  }

  private mutating func record(_ line: ArraySlice<UInt8>) throws(Failure) -> (
    text: ArraySlice<UInt8>, id: Int32?
  ) {
    do {
      let record = try format == .lines ? TextLine.parse(line) : TextJSON.parse(line)
      return (record.text, try id(of: record.label))
    } catch {
      throw Failure(
        error.kind, "line \(lines.number): \(error.problem)", at: lines.name, remedy: error.remedy)
    }
  }

  private func chunk(_ text: [UInt8], _ lengths: [Int32], _ labels: [Int32]) -> Chunk {
    var columns = ["text": Column.ragged(Ragged(values: Tensor(text), lengths: lengths))]
    if kind != LabelKind.none { columns["y"] = .dense(Tensor(labels)) }
    return Chunk(columns, rows: lengths.count)
  }

  /// The class of a row; nil where rows have none.
  private mutating func id(of label: TextRecord.Label?) throws(Failure) -> Int32? {
    switch label {
    case nil:
      try check(.none)
      return nil
    case .name(let name):
      try check(.name)
      return try id(ofName: name)
    case .id(let id):
      try check(.id)
      guard isOpen || id < names.count else {
        throw Failure.data("the label \(id) is not one of \(names.count) classes")
      }
      return Int32(id)
    }
  }

  private mutating func id(ofName name: String) throws(Failure) -> Int32 {
    if let id = names.id(of: name) { return id }
    guard !name.isEmpty else { throw Failure.data("the label is empty") }
    guard isOpen else {
      let known = names.names.prefix(8).joined(separator: ", ")
      throw Failure.data("the label \(name) is none of the classes \(known)\(names.count > 8 ? ", ..." : "")")
    }
    return try names.add(name)
  }

  private mutating func check(_ found: LabelKind) throws(Failure) {
    guard let kind else { return self.kind = found }
    guard kind == found else {
      throw Failure.data(
        "has \(found.rawValue), the lines before have \(kind.rawValue)",
        remedy: "either all rows have labels of one form or none has")
    }
  }
}
