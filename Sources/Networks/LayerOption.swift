// The options of a layer as one table: from it follow how a layers string is read and how it is written, so
// that both always know the same options, the same names and the same defaults.

import Failures
import JSON
import OptionSyntax
import TensorFile

/// A value that an option can have, as a layers string and as Keras's JSON write it.
protocol OptionValue: Equatable, Sendable {
  /// The value of what is written; throws `InvalidValue` where it is none.
  init(written value: CallSyntax.Value) throws
  /// How it is written.
  var written: String { get }
  /// The value of what Keras's JSON has; throws `InvalidValue` where it is none.
  init(keras json: JSONValue) throws
  /// How Keras's JSON has it.
  var keras: JSONValue { get }
}

/// One option of a layer.
struct LayerOption<Options: Sendable>: Sendable {
  /// Keras's name.
  let key: String
  /// Whether a bare word turns it on.
  let isFlag: Bool
  /// Sets the option to what is written.
  let assign: @Sendable (CallSyntax.Value, inout Options) throws -> Void
  /// How the option's value is written.
  let written: @Sendable (Options) -> String
  /// Sets the option to what Keras's JSON has.
  let assignKeras: @Sendable (JSONValue, inout Options) throws -> Void
  /// How Keras's JSON has the option's value.
  let keras: @Sendable (Options) -> JSONValue
  /// Whether two have the same value of it.
  let isEqual: @Sendable (Options, Options) -> Bool

  /// An option that lies at `path`; `check` throws `InvalidValue` for a value that it can't have.
  init<Value: OptionValue>(
    _ key: String, _ path: WritableKeyPath<Options, Value> & Sendable,
    check: @escaping @Sendable (Value) throws -> Void = { _ in }
  ) {
    self.key = key
    isFlag = Value.self == Bool.self
    assign = { value, options in
      let value = try Value(written: value)
      try check(value)
      options[keyPath: path] = value
    }
    written = { $0[keyPath: path].written }
    assignKeras = { json, options in
      let value = try Value(keras: json)
      try check(value)
      options[keyPath: path] = value
    }
    keras = { $0[keyPath: path].keras }
    isEqual = { $0[keyPath: path] == $1[keyPath: path] }
  }

  /// A size, from 1 to 2^24.
  static func size(_ key: String, _ path: WritableKeyPath<Options, Int> & Sendable) -> Self {
    Self(key, path) { value in
      guard 1...1 << 24 ~= value else { throw InvalidValue(remedy: "a whole number from 1 to \(1 << 24)") }
    }
  }

  /// A number within `range`.
  static func number(
    _ key: String, _ path: WritableKeyPath<Options, Float> & Sendable, in range: ClosedRange<Float>
  ) -> Self {
    Self(key, path) { value in
      guard range.contains(value) else {
        throw InvalidValue(remedy: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
  }

  /// The share of values that is dropped.
  static func rate(_ key: String, _ path: WritableKeyPath<Options, Float> & Sendable) -> Self {
    number(key, path, in: 0...0.999)
  }
}

/// A call's options, in Keras's order.
struct OptionTable<Options: Sendable>: Sendable {
  /// The name of the layer, or of whatever else is called.
  let name: String
  /// What it is, for messages.
  var subject = "layer"
  /// What an option has that isn't given.
  let defaults: Options
  /// How many options, from the first, can be given without a key.
  var positions = 0
  /// How many options, from the first, must be given.
  var required = 0
  /// Options that Keras has and a chain of layers can't have on, with what to do instead.
  var refused: [String: String] = [:]
  /// The options.
  let options: [LayerOption<Options>]

  /// The options that a call gives, and the defaults of the others; throws `Failure` (usage).
  func read(_ syntax: CallSyntax) throws -> Options {
    let flags = Set(options.filter(\.isFlag).map(\.key)).union(refused.keys)
    var arguments = try CallArguments(
      syntax, subject: "\(subject) \(name)", flags: flags, positions: positions)
    var result = defaults
    for (place, option) in options.enumerated() {
      let position = place < positions ? place : nil
      let isGiven = try arguments.take(position, option.key) { try option.assign($0, &result) }
      if !isGiven && place < required { throw arguments.missing(option.key) }
    }
    for (key, remedy) in refused.sorted(by: { $0.key < $1.key }) {
      if try arguments.flag(key) == true { throw arguments.refuse("'\(key)' can't be had", remedy) }
    }
    try arguments.finish()
    return result
  }

  /// The call as it is written, defaults left out; `read` reads it back.
  func text(_ options: Options) -> String {
    var arguments: [String] = []
    for (place, option) in self.options.enumerated() {
      guard place < required || !option.isEqual(options, defaults) else { continue }
      let value = option.written(options)
      if place == arguments.count && place < positions {
        arguments.append(value)
      } else {
        arguments.append(option.isFlag && value == "true" ? option.key : "\(option.key)=\(value)")
      }
    }
    return arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ",")))"
  }
}
