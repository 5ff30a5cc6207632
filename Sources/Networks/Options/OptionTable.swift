// The options of a call as one table: it defines how a layers string and Keras's JSON are read and written, so that
// both always have the same options, names and defaults.

import Failures
import JSON
import OptionSyntax

/// One option of a call.
struct CallOption<Options: Sendable>: Sendable {
  /// Keras's name.
  let key: String
  /// What it sets, in a few words.
  let help: String
  /// Whether a bare word turns it on.
  let isFlag: Bool
  /// Parses the option's value.
  let assign: @Sendable (CallSyntax.Value, inout Options) throws -> Void
  /// How the option's value is written.
  let written: @Sendable (Options) -> String
  /// Reads the option's value from Keras's JSON.
  let assignKeras: @Sendable (JSONValue, inout Options) throws -> Void
  /// How the option's value is written in Keras's JSON.
  let keras: @Sendable (Options) -> JSONValue
  /// Whether two calls have the same value of it.
  let isEqual: @Sendable (Options, Options) -> Bool
  /// Whether Keras's layer has this option.
  private(set) var isKeras = true

  /// An option stored at `path`; `check` throws `InvalidValue` for an invalid value.
  init<Value: OptionValue>(
    _ key: String, _ path: WritableKeyPath<Options, Value> & Sendable, _ help: String = "",
    check: @escaping @Sendable (Value) throws -> Void = { _ in }
  ) {
    self.key = key
    self.help = help
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

  /// An option that Keras's layer doesn't have.
  init<Value: OptionValue>(
    notKeras key: String, _ path: WritableKeyPath<Options, Value> & Sendable, _ help: String
  ) {
    self.init(key, path, help)
    isKeras = false
  }

  /// A size, from 1 to 2^24.
  static func size(
    _ key: String, _ path: WritableKeyPath<Options, Int> & Sendable, _ help: String = ""
  ) -> Self {
    Self(key, path, help) { value in
      guard 1...1 << 24 ~= value else { throw InvalidValue(remedy: "a whole number from 1 to \(1 << 24)") }
    }
  }

  /// A number within `range`.
  static func number(
    _ key: String, _ path: WritableKeyPath<Options, Float> & Sendable, in range: ClosedRange<Float>,
    _ help: String = ""
  ) -> Self {
    Self(key, path, help) { value in
      guard range.contains(value) else {
        throw InvalidValue(remedy: "a number from \(range.lowerBound) to \(range.upperBound)")
      }
    }
  }

  /// A dropout rate.
  static func rate(
    _ key: String, _ path: WritableKeyPath<Options, Float> & Sendable, _ help: String = ""
  ) -> Self {
    number(key, path, in: 0...0.999, help)
  }
}

/// A call's options, in Keras's order.
struct OptionTable<Options: Sendable>: Sendable {
  /// The name of the layer, or whatever else is called.
  let name: String
  /// What it is, for messages.
  var subject = "layer"
  /// The values of options that aren't given.
  let defaults: Options
  /// How many options, from the first, can be positional.
  var positions = 0
  /// How many options, from the first, must be given.
  var required = 0
  /// The options.
  let options: [CallOption<Options>]

  /// The options that a call gives, and the defaults of the others; throws `Failure` (usage).
  func read(_ syntax: CallSyntax) throws -> Options {
    var arguments = try CallArguments(
      syntax, subject: "\(subject) \(name)", flags: Set(options.filter(\.isFlag).map(\.key)),
      positions: positions)
    var result = defaults
    for (index, option) in options.enumerated() {
      let position = index < positions ? index : nil
      let isGiven = try arguments.take(position, option.key) { try option.assign($0, &result) }
      if !isGiven && index < required { throw arguments.missing(option.key) }
    }
    try arguments.finish()
    return result
  }

  /// The call as it is written, without defaults; `read` reads it back.
  func text(_ options: Options) -> String {
    let arguments = arguments(options)
    return arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ",")))"
  }

  /// The arguments as they are written, without defaults.
  func arguments(_ options: Options) -> [String] {
    var result: [String] = []
    for (index, option) in self.options.enumerated() {
      guard index < required || !option.isEqual(options, defaults) else { continue }
      let value = option.written(options)
      if index == result.count && index < positions {
        result.append(value)
      } else {
        result.append(option.isFlag && value == "true" ? option.key : "\(option.key)=\(value)")
      }
    }
    return result
  }
}

// MARK: - Keras's JSON

extension OptionTable {
  /// The options in a layer's config; throws `Failure` (data).
  func read(keras config: [String: JSONValue], _ location: KerasLocation) throws -> Options {
    var result = defaults
    for (number, option) in options.enumerated() where option.isKeras {
      guard let value = config[option.key] else {
        if number < required { throw location.refuse("'\(option.key)' is missing") }
        continue
      }
      do {
        try option.assignKeras(value, &result)
      } catch let invalid as InvalidValue {
        throw location.refuse("'\(option.key)' is \(value.text)", invalid.remedy)
      }
    }
    try location.checkOthers(config, known: Set(options.filter(\.isKeras).map(\.key)))
    return result
  }

  /// The options as in a layer's config, including defaults.
  func keras(_ options: Options) -> [String: JSONValue] {
    Dictionary(uniqueKeysWithValues: self.options.filter(\.isKeras).map { ($0.key, $0.keras(options)) })
  }
}

// MARK: - The table of layers

/// One option as documentation shows it.
public struct OptionHelp: Sendable, Equatable {
  /// The option's name.
  public let key: String
  /// The default; nil if the option is required.
  public let defaultValue: String?
  /// Whether a bare word turns it on.
  public let isFlag: Bool
  /// Whether it can be given without its name.
  public let isPositional: Bool
  /// What it sets.
  public let text: String
}

extension OptionTable {
  /// All options, in order.
  var help: [OptionHelp] {
    options.enumerated().map { index, option in
      OptionHelp(
        key: option.key, defaultValue: index < required ? nil : option.written(defaults),
        isFlag: option.isFlag, isPositional: index < positions, text: option.help)
    }
  }
}
