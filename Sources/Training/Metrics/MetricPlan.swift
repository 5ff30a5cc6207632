// A list of metrics for given shapes of outputs and targets, whose sums share one buffer.

import Kernels

/// Metrics for outputs and targets of given shapes, and the layout of their sums.
public struct MetricPlan: Sendable {
  /// The metrics, in order.
  public let metrics: [Metric]
  /// The metrics with `accuracy` replaced by the kind that suits the shapes.
  private let resolved: [Metric]
  private let offsets: [Int]
  /// The total number of sums.
  public let count: Int
  private let width: Int

  /// - Parameters:
  ///   - outputWidth: the number of outputs per row and step.
  ///   - targetWidth: the number of target values per row and step: the same, or 1 for a class id.
  /// - Throws: `Failure` (usage) that names a metric that doesn't support these shapes.
  public init(_ metrics: [Metric], outputWidth: Int, targetWidth: Int) throws {
    self.metrics = metrics
    width = outputWidth
    resolved = metrics.map { $0.resolvingAccuracy(outputWidth: outputWidth, targetWidth: targetWidth) }
    var (offsets, end) = ([Int](), 0)
    for metric in resolved {
      if targetWidth > 0 { try metric.check(outputWidth: outputWidth, targetWidth: targetWidth) }
      offsets.append(end)
      end += metric.sumCount(width: outputWidth)
    }
    self.offsets = offsets
    count = end
  }

  /// Adds the rows to the sums starting at `position`.
  func add(_ rows: LossRows, to sums: Buffer<Double>, at position: Int) {
    for (metric, offset) in zip(resolved, offsets) {
      metric.add(rows, MetricSums(sums, at: position + offset))
    }
  }

  /// The values of the metrics, in order, computed from all sums.
  public func values(_ sums: ArraySlice<Double>) -> [Double] {
    zip(resolved, offsets).map { metric, offset in
      let start = sums.startIndex + offset
      return metric.value(Array(sums[start..<start + metric.sumCount(width: width)]), width: width)
    }
  }

  /// The names of the values in histories; repeated names are numbered.
  public var names: [String] {
    var seen: [String: Int] = [:]
    return metrics.map { metric in
      let before = seen.updateValue((seen[metric.name] ?? 0) + 1, forKey: metric.name)
      return before.map { "\(metric.name)_\($0)" } ?? metric.name
    }
  }
}
