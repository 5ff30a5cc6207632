// JSON values in a stream's metadata.

import Failures
import JSON
import TensorFile

extension StreamHeader {
  /// The JSON object under `key`; nil if there is none.
  public func object(_ key: String) throws -> [String: JSONValue]? {
    guard let text = metadata[key] else { return nil }
    guard let object = try JSONValue(parsing: text).object else { throw damagedMetadata(key) }
    return object
  }

  /// The array of names under `key`; nil if there is none.
  func names(_ key: String) throws -> [String]? {
    guard let text = metadata[key] else { return nil }
    guard let names = try JSONValue(parsing: text).strings else { throw damagedMetadata(key) }
    return names
  }
}

extension JSONValue {
  /// The strings of an array; nil if it has elements of other types.
  var strings: [String]? {
    guard let items = array else { return nil }
    let strings = items.compactMap(\.string)
    return strings.count == items.count ? strings : nil
  }

  /// An array of strings.
  static func strings(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
}

func damagedMetadata(_ key: String) -> Failure {
  Failure.data(
    "the stream's metadata \(key) can't be read", remedy: "it was written by another program or version")
}
