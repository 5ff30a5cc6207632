// Reads plain text as chunks of a text stream: the column `text`, and `y` if rows are labeled.

import ByteStreams
import Failures
import Tensor
import TensorFile

/// Reads plain text row by row. Either all rows have labels, or none.
public struct TextReader {
  private static let chunkBytes = 1 << 22
  private let format: TextFormat
  private let acceptsNewClasses: Bool
  private var lines: LineReader
  private var kind: LabelKind?

  /// The class names: the given ones, or after reading everything, those that occurred, in the order of first
  /// occurrence; nil if rows have no labels, or ids as labels.
  public var classes: ClassNames? { names.count > 0 ? names : nil }
  /// The number of rows read so far.
  public private(set) var rows = 0
  private var names: ClassNames

  private enum LabelKind: String {
    case none = "no label"
    case name = "a named label"
    case id = "a numeric label"
  }

  /// - Parameters:
  ///   - name: the name of the source in messages.
  ///   - classes: the allowed labels; if nil, each new label becomes a class.
  public init(
    _ source: any ByteSource, named name: String, format: TextFormat = .lines, classes: ClassNames? = nil
  ) {
    lines = LineReader(source, named: name)
    self.format = format
    acceptsNewClasses = classes == nil
    names = classes ?? ClassNames()
  }

  /// The next rows; nil after the last.
  /// - Throws: `Failure`, stating the line.
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

  /// The class of a row; nil if rows have none.
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
      guard acceptsNewClasses || id < names.count else {
        throw Failure.data("the label \(id) is not one of the \(names.count) classes")
      }
      return Int32(id)
    }
  }

  private mutating func id(ofName name: String) throws(Failure) -> Int32 {
    if let id = names.id(of: name) { return id }
    guard !name.isEmpty else { throw Failure.data("the label is empty") }
    guard acceptsNewClasses else {
      let known = names.names.prefix(8).joined(separator: ", ")
      throw Failure.data(
        "the label \(name) is not one of the classes \(known)\(names.count > 8 ? ", ..." : "")")
    }
    return try names.add(name)
  }

  private mutating func check(_ found: LabelKind) throws(Failure) {
    guard let kind else { return self.kind = found }
    guard kind == found else {
      throw Failure.data(
        "has \(found.rawValue), but the lines before have \(kind.rawValue)",
        remedy: "all rows must have the same kind of label, or none")
    }
  }
}
