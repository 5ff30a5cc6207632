// Reading the small JSON facts that stand in a stream's metadata.

import Failures
import JSON
import TensorFile

extension StreamHeader {
  /// The JSON object under `key`, nil where the stream has none.
  func facts(_ key: String) throws -> [String: JSONValue]? {
    guard let text = metadata[key] else { return nil }
    guard let object = try JSONValue(parsing: text).object else { throw damaged(key) }
    return object
  }

  /// The array of names under `key`, nil where the stream has none.
  func names(_ key: String) throws -> [String]? {
    guard let text = metadata[key] else { return nil }
    guard let names = try JSONValue(parsing: text).strings else { throw damaged(key) }
    return names
  }
}

extension JSONValue {
  /// The strings of an array of nothing but strings.
  var strings: [String]? {
    guard let items = array else { return nil }
    let strings = items.compactMap(\.string)
    return strings.count == items.count ? strings : nil
  }

  /// An array of strings.
  static func strings(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
}

func damaged(_ key: String) -> Failure {
  Failure.data(
    "the stream's fact \(key) can't be read", remedy: "it was written by another program or version")
}
