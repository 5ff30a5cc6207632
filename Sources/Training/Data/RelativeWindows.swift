// Windows relative to their last value: inputs and targets as differences from the last step of each column.
// A series that drifts (a load that grows from year to year) then looks the same to the network as it did in
// training; the network predicts the change, to which the last value is added back. The last value itself is
// the naive forecast, so the network learns to improve on that.

/// The conversion between windows of levels and windows of differences from the last step.
public struct RelativeWindows: Sendable {
  /// The network's input that reads the windows; others are not changed.
  private let input: Int
  /// The steps of a window.
  private let steps: Int
  /// The columns of a step.
  private let width: Int
  /// The input column of each target.
  private let targetColumns: [Int]

  /// - Parameters:
  ///   - input: the index of the network's input that reads the windows.
  ///   - inputs: the names of the input columns.
  ///   - targets: the names of the target columns.
  /// - Returns: nil if a target is not among the inputs: then its last value is unknown.
  public init?(input: Int, steps: Int, inputs: [String], targets: [String]) {
    (self.input, self.steps) = (input, steps)
    width = inputs.count
    targetColumns = targets.compactMap { inputs.firstIndex(of: $0) }
    guard targetColumns.count == targets.count, steps > 0, !targetColumns.isEmpty else { return nil }
  }

  /// `data` as differences; the input is numbers `[rows, steps, inputs]`, the targets `[rows, horizon * targets]`
  /// (or none).
  public func differences(_ data: DataSet) -> DataSet {
    guard case .features(var x) = data.inputs[input] else { return data }
    var y = data.targets.first?.values ?? []
    let targetWidth = data.targets.first?.width ?? 0
    for row in 0..<data.rows {
      let start = row * steps * width
      let last = Array(x[start + (steps - 1) * width..<start + steps * width])
      for index in 0..<steps * width { x[start + index] -= last[index % width] }
      for index in 0..<targetWidth {
        y[row * targetWidth + index] -= last[targetColumns[index % targetColumns.count]]
      }
    }
    var inputs = data.inputs
    inputs[input] = .features(x)
    return DataSet(
      rows: data.rows, inputs: inputs,
      targets: data.targets.enumerated().map { $0 == 0 ? DataSet.Targets(y, width: targetWidth) : $1 },
      weights: data.weights)
  }

  /// Converts predicted differences `[rows, horizon * targets]` to levels; `data` contains the windows as levels. They
  /// are added in double precision, so that a small difference from a large level keeps its digits.
  /// - Parameter each: how many differences there are for each step and target, one after another.
  public func levels(_ differences: [Double], valuesPerTarget each: Int = 1, _ data: DataSet) -> [Double] {
    var result = differences
    guard case .features(let x) = data.inputs[input] else { return result }
    let rows = data.rows
    let outputs = rows == 0 ? 0 : differences.count / rows
    for row in 0..<rows {
      let last = row * steps * width + (steps - 1) * width
      for index in 0..<outputs {
        result[row * outputs + index] += Double(x[last + targetColumns[index / each % targetColumns.count]])
      }
    }
    return result
  }
}
