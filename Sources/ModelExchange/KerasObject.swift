// A compiled loss or metric in a model's JSON, and what it is in rnnpipe's syntax.

import JSON

/// Why a loss or a metric isn't supported.
struct UnsupportedSetting: Error {
  let reason: String
}

/// A loss or a metric in a model's JSON: a name, a function, or an object with settings.
struct KerasObject {
  /// Its name in the file, for messages.
  let name: String
  /// The settings.
  let settings: [String: JSONValue]
  /// The name in lower case and without underscores, by which Keras finds it too.
  var key: String { name.lowercased().filter { $0 != "_" } }

  init(_ json: JSONValue) {
    let isFunction = json["class_name"] == "function"
    name = json.string ?? (isFunction ? json["config"]?.string : json["class_name"]?.string) ?? json.text
    settings = isFunction ? [:] : json["config"]?.object ?? [:]
  }

  /// The object in rnnpipe's syntax: `huber(delta=0.5)`.
  /// - Parameters:
  ///   - kind: `loss` or `metric`, for messages.
  ///   - names: rnnpipe's names by Keras's keys.
  ///   - setting: a setting in rnnpipe's syntax, empty if it has no effect; nil if rnnpipe doesn't support it.
  func text(
    of kind: String, names: [String: String], setting: (String, JSONValue) -> String?
  ) throws(UnsupportedSetting) -> String {
    guard let own = names[key] else {
      throw UnsupportedSetting(reason: "rnnpipe doesn't support the \(kind) \(name)")
    }
    var parts: [String] = []
    for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard let part = setting(key, value) else {
        throw UnsupportedSetting(
          reason: "rnnpipe doesn't support the \(kind) \(name) with \(key)=\(value.text)")
      }
      if !part.isEmpty { parts.append(part) }
    }
    return parts.isEmpty ? own : "\(own)(\(parts.joined(separator: ",")))"
  }
}
