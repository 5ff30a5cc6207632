// Reading JSON Lines in two passes: the first determines the type of each key, the second reads the rows.

import ByteStreams
import Failures
import JSON
import OperatingSystem
import Sequences
import Spelling
import Tensor
import TensorFile

/// The rows of a JSON Lines file: one object per line, all with the same keys. Numbers become I64 if all are
/// whole, else F64 (`null` being NaN); booleans U8; strings text, and so do lists of strings (`ListColumns`); arrays of equal lengths dense, of different
/// lengths ragged columns.
public struct JSONLinesRows: RowSource {
  /// Which columns are lists of texts; JSON Lines has no other metadata.
  public let header: StreamHeader
  /// A column for each key, whose type is given in `types` or inferred from all lines.
  public let schema: [String: ColumnSchema]
  private let file: TemporaryFile
  private let name: String

  /// - Parameters:
  ///   - types: types of columns, which override the inferred ones.
  ///   - name: the file's name for messages.
  public init(_ file: TemporaryFile, types: [String: ElementType] = [:], named name: String) throws {
    (self.file, self.name) = (file, name)
    var forms: [String: JSONForm] = [:]
    var lines = JSONObjects(file.source(), named: name)
    while let (line, object) = try lines.next() {
      let keys = forms.isEmpty ? Set(object.keys) : Set(forms.keys)
      if let key = keys.symmetricDifference(object.keys).min() {
        throw Failure.data(
          "line \(line): the key \(key) is not in every line", at: name,
          remedy: "give all lines the same keys")
      }
      for (key, value) in object {
        try forms[key, default: JSONForm()].take(value, location: "line \(line), key \(key)", name)
      }
    }
    guard !forms.isEmpty else { throw Failure.data("no input: there is no row", at: name) }
    for key in types.keys where forms[key] == nil {
      let remedy = suggestion(for: key, among: forms.keys.sorted(), listedAs: "the columns are")
      throw Failure.usage("there is no column \(key)", at: "--type", remedy: remedy)
    }
    if let key = forms.keys.first(where: { $0.isEmpty || $0.hasPrefix("rnn.") }) {
      throw Failure.data("a column can't be called \"\(key)\"", at: name, remedy: "rename it")
    }
    var schema: [String: ColumnSchema] = [:]
    for (key, form) in forms { schema[key] = form.schema(types[key] ?? (key == "split" ? .u8 : nil)) }
    self.schema = schema
    var header = StreamHeader(kind: "")
    ListColumns(Set(forms.filter { $0.value.isList }.keys)).write(into: &header)
    self.header = header
  }

  /// Reads the file a second time and passes on its rows, about 262,144 elements (of text: bytes) a chunk; throws `Failure`
  /// (data) naming the line whose value doesn't match.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var lines = JSONObjects(file.source(), named: name)
    var builders = schema.mapValues(JSONColumn.init)
    while let (line, object) = try lines.next() {
      for (key, value) in object {
        guard try builders[key]?.append(value) == true else {
          throw Failure.data("line \(line): the value of \(key) doesn't match its type", at: name)
        }
      }
      guard builders.values.reduce(0, { $0 + $1.elementCount }) >= 1 << 18 else { continue }
      try emit(&builders, body)
    }
    try emit(&builders, body)
  }

  private func emit(_ builders: inout [String: JSONColumn], _ body: (Chunk) throws -> Void) throws {
    let rows = builders.values.first?.rows ?? 0
    try body(Chunk(builders.mapValues(\.column), rows: rows))
    builders = schema.mapValues(JSONColumn.init)
  }
}
