// Metrics of outputs and targets that are at hand as arrays, such as predictions in the units of the data.

import Kernels

/// Sums of metrics over arrays of outputs and targets.
public struct MetricTotals {
  private let plan: MetricPlan
  private let outputWidth: Int
  private let targetWidth: Int
  private let sums: Buffer<Double>

  /// - Parameters:
  ///   - outputWidth: outputs of a row.
  ///   - targetWidth: target numbers of a row: as many, or one class number.
  /// - Throws: `Failure` (usage) naming a metric that can't compare such targets with such outputs.
  public init(_ metrics: [Metric], outputWidth: Int, targetWidth: Int) throws {
    plan = try MetricPlan(metrics, outputWidth: outputWidth, targetWidth: targetWidth)
    (self.outputWidth, self.targetWidth) = (outputWidth, targetWidth)
    sums = Buffer(count: plan.count, zero: 0)
  }

  /// Adds rows: `output` `[rows, outputWidth]` and `targets` `[rows, targetWidth]`, row-major.
  public func add(output: [Float], targets: [Float]) {
    let rows = output.count / max(1, outputWidth)
    precondition(targets.count == rows * targetWidth, "outputs and targets of different numbers of rows")
    let (outputs, targetBuffer) = (FloatBuffer(output.count), FloatBuffer(targets.count))
    outputs.write(output)
    targetBuffer.write(targets)
    plan.add(
      LossRows(
        output: outputs.matrix(rows: rows, columns: outputWidth, stride: outputWidth),
        targets: targetBuffer.matrix(rows: rows, columns: targetWidth, stride: targetWidth)),
      to: sums, at: 0)
  }

  /// Names and values, in the metrics' order.
  public var values: [(name: String, value: Double)] {
    zip(plan.names, plan.values(sums.array[...])).map { (name: $0, value: $1) }
  }
}
