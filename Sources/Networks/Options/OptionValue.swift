// Reading and writing an option's value in a layers string and in Keras's JSON.

import JSON
import OptionSyntax

/// A type of option values.
protocol OptionValue: Equatable, Sendable {
  /// Parses a written value; throws `InvalidValue`.
  init(written value: CallSyntax.Value) throws
  /// How it is written.
  var written: String { get }
  /// Reads a value from Keras's JSON; throws `InvalidValue`.
  init(keras json: JSONValue) throws
  /// How it is written in Keras's JSON.
  var keras: JSONValue { get }
}
