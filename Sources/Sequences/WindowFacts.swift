// The geometry of windows: which rows of a series are inputs and which are targets.
//
//   start + k * rate,                          k = 0 ..< length     the inputs
//   start + (length - 1 + ahead + h) * rate,   h = 0 ..< horizon    the targets
//
// and windows start at rows 0, stride, 2 * stride, ...: what Keras's timeseries_dataset_from_array yields
// for sequence_stride = stride, sampling_rate = rate, and targets moved by the row of the target.

import Failures
import JSON
import TensorFile

/// How a series was, or is to be, cut into windows (`rnn.window`).
public struct WindowFacts: Sendable, Equatable {
  /// The largest value of each number here.
  public static let limit = 1_000_000
  /// Inputs in a window.
  public var length: Int
  /// Steps to forecast.
  public var horizon: Int
  /// Rows from the start of one window to the next.
  public var stride: Int
  /// Rows from one step of a window to the next.
  public var rate: Int
  /// Steps from the last input to the first target.
  public var ahead: Int
  /// The columns of `x`.
  public var inputs: [String]
  /// The columns that are forecast, the last dimension of `y`.
  public var targets: [String]

  /// Throws `Failure(.usage)` where a number is below 1 or above a million.
  public init(
    length: Int, horizon: Int = 1, stride: Int = 1, rate: Int = 1, ahead: Int = 1, inputs: [String],
    targets: [String]
  ) throws(Failure) {
    (self.length, self.horizon, self.stride, self.rate) = (length, horizon, stride, rate)
    (self.ahead, self.inputs, self.targets) = (ahead, inputs, targets)
    let numbers = [
      ("--length", length), ("--horizon", horizon), ("--stride", stride), ("--rate", rate),
      ("--ahead", ahead),
    ]
    for (name, number) in numbers where !(1...Self.limit).contains(number) {
      throw Failure.usage("\(number) is not between 1 and \(Self.limit)", at: name)
    }
  }

  /// Rows that a window's inputs reach over.
  public var reach: Int { (length - 1) * rate + 1 }
  /// Rows from a window's first input to its last target.
  public var span: Int { (length + ahead + horizon - 2) * rate + 1 }
  /// The columns that windows need: the inputs, then those targets that are no inputs.
  public var columns: [String] { inputs + targets.filter { !inputs.contains($0) } }

  /// How many windows a series of `rows` rows has.
  public func count(rows: Int) -> Int { rows < span ? 0 : (rows - span) / stride + 1 }

  /// Throws `Failure(.data)` where not even one window fits into a series of `rows` rows.
  public func check(rows: Int) throws(Failure) {
    guard rows < span else { return }
    throw Failure.data(
      "a window and its targets span \(span) rows, the series has \(rows)",
      remedy: "take a shorter --length or --horizon")
  }
}

extension WindowFacts {
  /// Reads `rnn.window`; nil where the stream has none.
  public init?(header: StreamHeader) throws {
    guard let facts = try header.facts("rnn.window") else { return nil }
    guard let length = facts["length"]?.int, let horizon = facts["horizon"]?.int,
      let inputs = facts["inputs"]?.strings, let targets = facts["targets"]?.strings,
      !inputs.isEmpty, !targets.isEmpty
    else { throw damaged("rnn.window") }
    do {
      try self.init(
        length: length, horizon: horizon, stride: facts["stride"]?.int ?? 1, rate: facts["rate"]?.int ?? 1,
        ahead: facts["ahead"]?.int ?? 1, inputs: inputs, targets: targets)
    } catch { throw damaged("rnn.window") }
  }

  /// Writes `rnn.window` and makes the stream one of kind `windows`.
  public func write(into header: inout StreamHeader) {
    let facts: [String: JSONValue] = [
      "length": .integer(Int64(length)), "horizon": .integer(Int64(horizon)),
      "stride": .integer(Int64(stride)), "rate": .integer(Int64(rate)), "ahead": .integer(Int64(ahead)),
      "inputs": .strings(inputs), "targets": .strings(targets),
    ]
    header.kind = "windows"
    header.metadata["rnn.columns"] = nil
    header.metadata["rnn.window"] = JSONValue.object(facts).text
  }
}
