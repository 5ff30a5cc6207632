// The quantity that a callback monitors, in the words of rnn-train's options: `monitor=val_accuracy,mode=max`.

import Failures
import OptionSyntax

/// Whether smaller or larger values of a monitored quantity are better.
public enum MonitorMode: String, Sendable, CaseIterable {
  case min, max

  /// Whether `value` is better than `reference` by more than `delta`; any number is better than nil. Like Keras,
  /// compares in single precision, so a tie there is not an improvement.
  public func isBetter(_ value: Double, than reference: Double?, by delta: Double = 0) -> Bool {
    guard !value.isNaN else { return false }
    guard let reference else { return true }
    return self == .min
      ? Float(value + delta) < Float(reference) : Float(value - delta) > Float(reference)
  }
}

/// A quantity to monitor: `loss`, a metric, or either with the prefix `val_`.
public struct Monitor: Sendable, Equatable {
  /// Its name.
  public var name = "val_loss"
  /// Whether smaller or larger is better; nil to choose by the quantity.
  public var mode: MonitorMode?

  /// How each setting begins on the command line.
  static let words = ["monitor=", "mode="]

  /// The validation loss.
  public init() {}

  /// Reads the arguments `monitor` and `mode`.
  init(_ arguments: inout CallArguments) throws {
    name = try arguments.word(nil, "monitor") ?? name
    let modes = ["auto"] + MonitorMode.allCases.map(\.rawValue)
    mode = try arguments.choice(nil, "mode", of: modes).flatMap(MonitorMode.init)
  }
}

extension CallArguments {
  /// The arguments of an option that has no function name, `key=value,flag`.
  static func options(
    _ text: String, subject: String, example: String, flags: Set<String> = []
  ) throws -> CallArguments {
    let calls = try CallSyntax.parse("options(\(text))", subject: subject, example: example)
    guard calls.count == 1 else {
      throw Failure.usage("\(subject): can't read '\(text)'", remedy: "such as \"\(example)\"")
    }
    return try CallArguments(calls[0], subject: subject, flags: flags, positions: 0)
  }
}
