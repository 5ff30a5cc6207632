// Reading JSON Lines: two passes, the first finds out what each key holds, the second makes rows of it.

import ByteStreams
import Failures
import JSON
import OperatingSystem
import Tensor
import TensorFile

/// The rows of a JSON Lines file: an object a line, all with the same keys. Numbers become I64 where all are
/// whole, else F64 (`null` being NaN); booleans U8; strings text; arrays of equal lengths dense, of different
/// lengths ragged columns.
public struct JSONLinesRows: RowSource {
  /// Empty: JSON Lines have no metadata.
  public let header: StreamHeader
  /// A column for each key, of the type that its values in all lines suggest or `types` names.
  public let schema: [String: ColumnSchema]
  private let spool: TemporaryFile
  private let name: String

  /// - Parameters:
  ///   - types: columns that shall be of another type than their values suggest.
  ///   - name: the file's name for messages.
  public init(_ spool: TemporaryFile, types: [String: ElementType] = [:], named name: String) throws {
    (self.spool, self.name) = (spool, name)
    var forms: [String: JSONForm] = [:]
    var lines = JSONObjects(spool.source(), named: name)
    while let (line, object) = try lines.next() {
      let keys = forms.isEmpty ? Set(object.keys) : Set(forms.keys)
      if let key = keys.symmetricDifference(object.keys).min() {
        throw Failure.data(
          "line \(line): the key \(key) is not in every line", at: name,
          remedy: "give all lines the same keys")
      }
      for (key, value) in object {
        try forms[key, default: JSONForm()].take(value, place: "line \(line), key \(key)", name)
      }
    }
    guard !forms.isEmpty else { throw Failure.data("no input: there is no row", at: name) }
    for key in types.keys where forms[key] == nil {
      throw Failure.usage("there is no column \(key)", at: "--type")
    }
    if let key = forms.keys.first(where: { $0.isEmpty || $0.hasPrefix("rnn.") }) {
      throw Failure.data("a column can't be called \"\(key)\"", at: name, remedy: "rename it")
    }
    var schema: [String: ColumnSchema] = [:]
    for (key, form) in forms { schema[key] = form.schema(types[key] ?? (key == "split" ? .u8 : nil)) }
    self.schema = schema
    header = StreamHeader(kind: "")
  }

  /// Reads the file a second time and hands its rows on, about 262,144 elements a chunk; throws `Failure`
  /// (data) naming the line whose value doesn't fit.
  public func chunks(_ body: (Chunk) throws -> Void) throws {
    var lines = JSONObjects(spool.source(), named: name)
    var builders = schema.mapValues(JSONColumn.init)
    while let (line, object) = try lines.next() {
      for (key, value) in object {
        guard try builders[key]?.append(value) == true else {
          throw Failure.data("line \(line): the value of \(key) doesn't fit its type", at: name)
        }
      }
      guard builders.values.contains(where: { $0.elementCount >= 1 << 18 }) else { continue }
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

/// The objects of a JSON Lines file.
private struct JSONObjects {
  private var source: any ByteSource
  private let name: String
  private var buffer: [UInt8] = []
  private var position = 0
  private var line = 0

  /// A longer line is no row of ours.
  private static let longestLine = 256 << 20

  init(_ source: any ByteSource, named name: String) {
    (self.source, self.name) = (source, name)
  }

  mutating func next() throws -> (line: Int, object: [String: JSONValue])? {
    while let bytes = try nextLine() {
      line += 1
      if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
      do {
        guard let object = try JSONValue(parsing: bytes).object else {
          throw Failure.data("this is no JSON object")
        }
        return (line, object)
      } catch let failure as Failure {
        throw Failure.data("line \(line): \(failure.problem)", at: name, remedy: failure.remedy)
      }
    }
    return nil
  }

  private mutating func nextLine() throws -> [UInt8]? {
    var searched = position
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        defer { position = end + 1 }
        return Array(buffer[position..<end])
      }
      buffer.removeFirst(position)
      (position, searched) = (0, buffer.count)
      guard buffer.count <= JSONObjects.longestLine else {
        throw Failure.data("line \(line + 1) is longer than 256 MiB", at: name)
      }
      let more = try source.read(upTo: 1 << 18)
      guard !more.isEmpty else {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : buffer
      }
      buffer += more
    }
  }
}
