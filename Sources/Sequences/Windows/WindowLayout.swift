// The layout of windows: which rows of a series are inputs and which are targets.
//
//   start + k * rate,                          k = 0 ..< length     the inputs
//   start + (length - 1 + ahead + h) * rate,   h = 0 ..< horizon    the targets
//
// Windows start at rows 0, stride, 2 * stride, ..., as in Keras's timeseries_dataset_from_array with
// sequence_stride = stride, sampling_rate = rate, and the targets shifted to the row of the target.
//
// In windows that are to be reconstructed, the targets are the inputs: horizon = length and ahead = 1 - length.

import Failures
import JSON
import TensorFile

/// How a series is cut into windows (`rnn.window`).
public struct WindowLayout: Sendable, Equatable {
  /// The maximum of each number.
  public static let limit = 1_000_000
  /// The number of input steps in a window.
  public var length: Int
  /// The number of steps to forecast.
  public var horizon: Int
  /// Rows between the starts of consecutive windows.
  public var stride: Int
  /// Rows between consecutive steps of a window.
  public var rate: Int
  /// Steps from the last input to the first target; below 1 only where the targets are the inputs.
  public var ahead: Int
  /// The columns of `x`.
  public var inputs: [String]
  /// The columns to forecast, the last dimension of `y`.
  public var targets: [String]
  /// The column that says how much rows count in training; nil if all count the same. It is not stored, because
  /// forecasts don't need it.
  public var weight: String?

  /// Throws `Failure(.usage)` if a number is below 1 or above a million.
  public init(
    length: Int, horizon: Int = 1, stride: Int = 1, rate: Int = 1, ahead: Int = 1, inputs: [String],
    targets: [String]
  ) throws(Failure) {
    (self.length, self.horizon, self.stride, self.rate) = (length, horizon, stride, rate)
    (self.ahead, self.inputs, self.targets) = (ahead, inputs, targets)
    let numbers = [
      ("--length", length), ("--horizon", horizon), ("--stride", stride), ("--rate", rate),
      ("--ahead", ahead < 1 && ahead == 1 - length && horizon == length ? 1 : ahead),
    ]
    for (name, number) in numbers where !(1...Self.limit).contains(number) {
      throw Failure.usage("\(number) is not between 1 and \(Self.limit)", at: name)
    }
  }

  /// Windows of `inputs` whose targets are the inputs themselves.
  /// - Throws: `Failure(.usage)` if a number is below 1 or above a million.
  public static func reconstruction(
    length: Int, stride: Int, rate: Int, of inputs: [String]
  ) throws(Failure) -> WindowLayout {
    try WindowLayout(
      length: length, horizon: length, stride: stride, rate: rate, ahead: 1 - length, inputs: inputs,
      targets: inputs)
  }

  /// Whether the targets are the inputs, so that nothing is forecast.
  public var isReconstruction: Bool { ahead < 1 }

  /// Rows from a window's first input to its last input.
  public var inputSpan: Int { (length - 1) * rate + 1 }
  /// Rows from a window's first input to its last target.
  public var span: Int { (length + ahead + horizon - 2) * rate + 1 }
  /// The columns that windows need: the inputs, then the targets that are not inputs.
  public var columns: [String] { inputs + targets.subtracting(inputs) }

  /// Whether windows share rows, as inputs or as targets.
  public var overlap: Bool { steps(reach: length + ahead + horizon - 2) }
  /// Whether windows share targets.
  public var shareTargets: Bool { steps(reach: horizon - 1) }

  /// How many windows after a window have a target at a time of its own targets.
  public var targetOverlap: Int { ((horizon - 1) * rate + stride) / stride - 1 }

  /// Whether another window starts a whole number of steps later, at most `reach`.
  private func steps(reach: Int) -> Bool {
    // Windows start at multiples of the stride, and steps are multiples of the rate.
    var (a, b) = (stride, rate)
    while b != 0 { (a, b) = (b, a % b) }
    return stride / a <= reach
  }

  /// Throws `Failure(.usage)` if the weights are among the values of the windows.
  /// - Parameters:
  ///   - known: the columns that are known over the horizon.
  ///   - option: the option that names the weights.
  public func checkWeight(known: [String] = [], option: String = "--weight") throws(Failure) {
    guard let weight else { return }
    let uses = [("an input", inputs), ("a target", targets), ("known over the horizon", known)]
    guard let use = uses.first(where: { $0.1.contains(weight) }) else { return }
    throw Failure.usage(
      "column \(weight) is \(use.0), not the weight of rows", at: option, remedy: "name another column")
  }

  /// The number of windows in a series of `rows` rows.
  public func count(rows: Int) -> Int { rows < span ? 0 : (rows - span) / stride + 1 }

  /// Throws `Failure(.data)` if a series of `rows` rows is too short for a window.
  public func check(rows: Int) throws(Failure) {
    guard rows < span else { return }
    throw Failure.data(
      "a window and its targets span \(counted(span, "row")); the series has \(rows)",
      remedy: "use a shorter --length or --horizon")
  }
}

extension WindowLayout {
  /// Reads `rnn.window`; nil if the stream has none.
  public init?(header: StreamHeader) throws {
    guard let object = try header.object("rnn.window") else { return nil }
    guard let length = object["length"]?.int, let horizon = object["horizon"]?.int,
      let inputs = object["inputs"]?.strings, let targets = object["targets"]?.strings,
      !inputs.isEmpty, !targets.isEmpty
    else { throw damagedMetadata("rnn.window") }
    do {
      try self.init(
        length: length, horizon: horizon, stride: object["stride"]?.int ?? 1, rate: object["rate"]?.int ?? 1,
        ahead: object["ahead"]?.int ?? 1, inputs: inputs, targets: targets)
    } catch { throw damagedMetadata("rnn.window") }
  }

  /// Writes `rnn.window` and sets the kind of the stream to `windows`.
  public func write(into header: inout StreamHeader) {
    let object: [String: JSONValue] = [
      "length": .integer(Int64(length)), "horizon": .integer(Int64(horizon)),
      "stride": .integer(Int64(stride)), "rate": .integer(Int64(rate)), "ahead": .integer(Int64(ahead)),
      "inputs": .strings(inputs), "targets": .strings(targets),
    ]
    header.kind = "windows"
    header.metadata["rnn.columns"] = nil
    header.metadata["rnn.window"] = JSONValue.object(object).text
  }
}
