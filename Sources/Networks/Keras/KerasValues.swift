// The values of layers' options in Keras's JSON: numbers, flags, names, and the objects that describe
// initializers and regularizers (keras/src/saving/serialization_lib.py).

import JSON
import Kernels
import OptionSyntax
import TensorFile

extension JSONValue {
  /// A Keras object: its class and config.
  static func kerasObject(
    _ module: String, _ className: String, _ config: [String: JSONValue]
  ) -> JSONValue {
    .object([
      "module": .string(module), "class_name": .string(className), "config": .object(config),
      "registered_name": .null,
    ])
  }

  /// A single-precision number with the fewest digits, so that 0.3 stays 0.3.
  init(_ value: Float) { self = .number(Double(value.description) ?? Double(value)) }
}

extension Int {
  init(keras json: JSONValue) throws {
    guard let number = json.int else { throw InvalidValue(remedy: "a whole number") }
    self = number
  }

  var keras: JSONValue { .integer(Int64(self)) }
}

extension Float {
  init(keras json: JSONValue) throws {
    guard let number = json.double.map({ Float($0) }), number.isFinite else {
      throw InvalidValue(remedy: "a number")
    }
    self = number
  }

  var keras: JSONValue { JSONValue(self) }
}

extension Bool {
  init(keras json: JSONValue) throws {
    guard let flag = json.bool else { throw InvalidValue(remedy: "true or false") }
    self = flag
  }

  var keras: JSONValue { .bool(self) }
}

extension NamedOptionValue {
  init(keras json: JSONValue) throws { try self.init(written: .word(json.kerasName)) }

  var keras: JSONValue { .string(rawValue) }
}

extension OutputFunction {
  init(keras json: JSONValue) throws { try self.init(written: .word(json.kerasName)) }

  var keras: JSONValue { .string(name) }
}

extension JSONValue {
  /// The name of a function: a string, or an object that contains one; Keras has two names for one of them.
  fileprivate var kerasName: String {
    let name = string ?? self["config"]?.string ?? text
    return name == "swish" ? "silu" : name
  }
}

extension Optional where Wrapped: OptionValue {
  init(keras json: JSONValue) throws { self = json == .null ? nil : try Wrapped(keras: json) }

  var keras: JSONValue { map(\.keras) ?? .null }
}

extension Regularizer {
  init(keras json: JSONValue) throws {
    if let name = json.string {
      try self.init(written: .word(name))
      return
    }
    let config = json["config"] ?? .null
    let factors = try ["l1", "l2"].map { try config[$0].map { try Float(keras: $0) } ?? 0 }
    guard ["L1", "L2", "L1L2"].contains(json["class_name"]?.string), factors.allSatisfy({ $0 >= 0 }) else {
      throw InvalidValue(remedy: "L1, L2, L1L2 or null")
    }
    self.init(l1: factors[0], l2: factors[1])
  }

  var keras: JSONValue {
    let (first, second) = (JSONValue(l1), JSONValue(l2))
    let module = "keras.regularizers"
    if l1 == 0 { return .kerasObject(module, "L2", ["l2": second]) }
    return l2 == 0
      ? .kerasObject(module, "L1", ["l1": first]) : .kerasObject(module, "L1L2", ["l1": first, "l2": second])
  }
}
