// Metrics of outputs and targets that are at hand as arrays, such as predictions in the units of the data.

import Kernels

/// Sums of metrics over arrays of outputs and targets.
public struct MetricTotals {
  private let plan: MetricPlan
  private let outputWidth: Int
  private let truthWidth: Int
  private let sums: Buffer<Double>

  /// - Parameters:
  ///   - outputWidth: outputs of a row.
  ///   - truthWidth: target numbers of a row: as many, or one class number.
  /// - Throws: `Failure` (usage) naming a metric that can't compare such targets with such outputs.
  public init(_ metrics: [Metric], outputWidth: Int, truthWidth: Int) throws {
    plan = try MetricPlan(metrics, outputWidth: outputWidth, truthWidth: truthWidth)
    (self.outputWidth, self.truthWidth) = (outputWidth, truthWidth)
    sums = Buffer(count: plan.count, zero: 0)
  }

  /// Adds rows: `output` `[rows, outputWidth]` and `truth` `[rows, truthWidth]`, row-major.
  public func add(output: [Float], truth: [Float]) {
    let rows = output.count / max(1, outputWidth)
    precondition(truth.count == rows * truthWidth, "outputs and targets of different numbers of rows")
    let (outputs, truths) = (FloatBuffer(output.count), FloatBuffer(truth.count))
    outputs.write(output)
    truths.write(truth)
    plan.add(
      LossRows(
        output: outputs.matrix(rows: rows, columns: outputWidth, stride: outputWidth),
        truth: truths.matrix(rows: rows, columns: truthWidth, stride: truthWidth)),
      to: sums, at: 0)
  }

  /// Names and values, in the metrics' order.
  public var values: [(name: String, value: Double)] {
    zip(plan.names, plan.values(sums.array[...])).map { (name: $0, value: $1) }
  }
}
