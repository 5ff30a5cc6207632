// What an option's value must know: how a layers string and Keras's JSON write it, and back.

import JSON
import OptionSyntax

/// A value that an option can have.
protocol OptionValue: Equatable, Sendable {
  /// The value of what is written; throws `InvalidValue`.
  init(written value: CallSyntax.Value) throws
  /// How it is written.
  var written: String { get }
  /// The value of what Keras's JSON has; throws `InvalidValue`.
  init(keras json: JSONValue) throws
  /// How Keras's JSON has it.
  var keras: JSONValue { get }
}
