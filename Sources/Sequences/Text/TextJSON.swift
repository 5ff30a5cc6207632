// Text as JSON Lines: one object per line, with `text` and, if rows have classes, `label`.

import Failures
import JSON
import TensorFile

enum TextJSON {
  /// The row in `line`. A string label is a class name, an integer label is a class id; other keys are
  /// ignored.
  static func parse(_ line: ArraySlice<UInt8>) throws(Failure) -> TextRecord {
    let value = try JSONValue(parsing: Array(line))
    guard let object = value.object else { throw Failure.data("is not a JSON object") }
    guard let text = object["text"]?.string else { throw Failure.data("has no string \"text\"") }
    return TextRecord(label: try label(object["label"]), text: Array(text.utf8)[...])
  }

  private static func label(_ value: JSONValue?) throws(Failure) -> TextRecord.Label? {
    switch value {
    case nil, .null: return nil
    case .string(let name): return .name(name)
    case .integer(let id):
      guard (0...Int64(Int32.max)).contains(id) else {
        throw Failure.data("the label \(id) is not a class id")
      }
      return .id(Int(id))
    default: throw Failure.data("the label is neither a string nor an integer")
    }
  }
}
