// Windows told from their last value: inputs and targets as differences from the last step of each column.
// A series that drifts (a load that grows from year to year) then looks to the network as it did in
// training; what it learns is the change, which is added to the last value again. The last value itself is
// the naive forecast, so the network begins where that ends.

/// The change between windows as levels and as differences from their last step.
public struct RelativeWindows: Sendable {
  /// Steps of a window.
  private let steps: Int
  /// Columns of a step.
  private let width: Int
  /// For each target of a step, its column among the inputs.
  private let places: [Int]

  /// - Parameters:
  ///   - inputs: the names of the input columns.
  ///   - targets: the names of the target columns.
  /// - Returns: nil where a target is no input: then no input tells its last value.
  public init?(steps: Int, inputs: [String], targets: [String]) {
    self.steps = steps
    width = inputs.count
    places = targets.compactMap { inputs.firstIndex(of: $0) }
    guard places.count == targets.count, steps > 0, !places.isEmpty else { return nil }
  }

  /// `data` as differences; its inputs are numbers `[rows, steps, inputs]`, its targets `[rows, horizon * targets]`
  /// (or none).
  public func differences(_ data: DataSet) -> DataSet {
    guard data.inputs.count == 1, case .features(var x) = data.inputs[0] else { return data }
    var y = data.targets.first?.values ?? []
    let targetWidth = data.targets.first?.width ?? 0
    for row in 0..<data.rows {
      let start = row * steps * width
      let last = Array(x[start + (steps - 1) * width..<start + steps * width])
      for index in 0..<steps * width { x[start + index] -= last[index % width] }
      for index in 0..<targetWidth {
        y[row * targetWidth + index] -= last[places[index % places.count]]
      }
    }
    return DataSet(
      rows: data.rows, input: .features(x), targets: y, targetWidth: targetWidth, weights: data.weights)
  }

  /// Predicted differences `[rows, horizon * targets]` as levels; `x` are the windows as levels.
  public func levels(_ differences: [Float], x: [Float], rows: Int) -> [Float] {
    var result = differences
    let outputs = rows == 0 ? 0 : differences.count / rows
    for row in 0..<rows {
      let last = row * steps * width + (steps - 1) * width
      for index in 0..<outputs { result[row * outputs + index] += x[last + places[index % places.count]] }
    }
    return result
  }
}
