// Whole sequences of numbers with a class, such as gestures or the days of a sensor: what a classifier reads, one
// sequence a row, from a long CSV file, the UCR/UEA archive, or a stream.

import Failures

/// A sequence of numbers.
public struct NumberSequence: Sendable, Equatable {
  /// The name of the sequence; nil if the source has none.
  public var name: String?
  /// The label; nil if the source has none.
  public var label: String?
  /// `[steps, columns]`, step by step; NaN where a value is missing.
  public var values: [Double]
  /// Where the sequence begins in its source, for messages: `line 3`.
  public var place: String
}

/// A source of sequences with the same columns.
public protocol NumberSequenceSource {
  /// The names of the columns.
  var columns: [String] { get }
  /// How the source is written, for later files like it.
  var form: SequenceForm { get }
  /// What the user should know after the last sequence.
  var warnings: [String] { get }
  /// The next sequence; nil after the last.
  /// - Throws: `Failure` (data) that states the line.
  mutating func next() throws -> NumberSequence?
}

extension NumberSequenceSource {
  /// Nothing.
  public var warnings: [String] { [] }
}
