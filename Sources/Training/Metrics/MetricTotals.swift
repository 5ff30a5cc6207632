// Metrics of outputs and targets in arrays, such as predictions in the units of the data.

import Kernels

/// The sums of metrics over arrays of outputs and targets.
public struct MetricTotals {
  private let plan: MetricPlan
  private let outputWidth: Int
  private let targetWidth: Int
  private let sums: Buffer<Double>

  /// - Parameters:
  ///   - outputWidth: the number of outputs per row.
  ///   - targetWidth: the number of target values per row: the same, or 1 for a class id.
  /// - Throws: `Failure` (usage) that names a metric that doesn't support these shapes.
  public init(_ metrics: [Metric], outputWidth: Int, targetWidth: Int) throws {
    plan = try MetricPlan(metrics, outputWidth: outputWidth, targetWidth: targetWidth)
    (self.outputWidth, self.targetWidth) = (outputWidth, targetWidth)
    sums = Buffer(count: plan.count, zero: 0)
  }

  /// Adds rows: `output` `[rows, outputWidth]` and `targets` `[rows, targetWidth]`, row-major.
  public func add(output: [Float], targets: [Float]) {
    let rows = output.count / max(1, outputWidth)
    precondition(targets.count == rows * targetWidth, "different numbers of output and target rows")
    let (outputs, targetBuffer) = (FloatBuffer(output.count), FloatBuffer(targets.count))
    outputs.write(output)
    targetBuffer.write(targets)
    plan.add(
      LossRows(
        output: outputs.matrix(rows: rows, columns: outputWidth, stride: outputWidth),
        targets: targetBuffer.matrix(rows: rows, columns: targetWidth, stride: targetWidth)),
      to: sums, at: 0)
  }

  /// The names and values of the metrics, in order.
  public var values: [(name: String, value: Double)] {
    zip(plan.names, plan.values(sums.array[...])).map { (name: $0, value: $1) }
  }
}
