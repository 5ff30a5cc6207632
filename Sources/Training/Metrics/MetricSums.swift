// What metrics count: sums over output rows, so that shards and batches add up to the same numbers however
// the rows are dealt out. Formulas are Keras's (keras/src/metrics); masked rows count nothing in any of them.

import Failures
import Kernels

/// Metrics bound to the shapes of outputs and targets: where each one's sums lie among all.
public struct MetricPlan: Sendable {
  /// The metrics, in order.
  public let metrics: [Metric]
  /// What is counted: `accuracy` stands for the kind that suits the shapes.
  private let counted: [Metric]
  private let offsets: [Int]
  /// How many sums all metrics take together.
  public let count: Int
  private let width: Int

  /// - Parameters:
  ///   - outputWidth: outputs of a row and step.
  ///   - targetWidth: target numbers of a row and step: as many, or one class number.
  /// - Throws: `Failure` (usage) naming a metric that can't compare such targets with such outputs.
  public init(_ metrics: [Metric], outputWidth: Int, targetWidth: Int) throws {
    self.metrics = metrics
    width = outputWidth
    counted = metrics.map { $0.resolved(outputWidth: outputWidth, targetWidth: targetWidth) }
    var (offsets, end) = ([Int](), 0)
    for metric in counted {
      if targetWidth > 0 { try metric.check(outputWidth: outputWidth, targetWidth: targetWidth) }
      offsets.append(end)
      end += metric.sumCount(width: outputWidth)
    }
    self.offsets = offsets
    count = end
  }

  /// Adds the rows to the sums that begin at `place`.
  func add(_ rows: LossRows, to sums: Buffer<Double>, at place: Int) {
    for (metric, offset) in zip(counted, offsets) {
      metric.add(rows, MetricSums(sums, at: place + offset))
    }
  }

  /// The metrics' values, in order, from all sums.
  public func values(_ sums: ArraySlice<Double>) -> [Double] {
    zip(counted, offsets).map { metric, offset in
      let start = sums.startIndex + offset
      return metric.value(Array(sums[start..<start + metric.sumCount(width: width)]), width: width)
    }
  }

  /// The values' names, as histories call them; a name that stands twice gets a number.
  public var names: [String] {
    var seen: [String: Int] = [:]
    return metrics.map { metric in
      let before = seen.updateValue((seen[metric.name] ?? 0) + 1, forKey: metric.name)
      return before.map { "\(metric.name)_\($0)" } ?? metric.name
    }
  }
}

/// One metric's sums.
struct MetricSums {
  private let buffer: Buffer<Double>
  private let start: Int

  init(_ buffer: Buffer<Double>, at start: Int) {
    self.buffer = buffer
    self.start = start
  }

  subscript(index: Int) -> Double {
    get { buffer[start + index] }
    nonmutating set { buffer[start + index] = newValue }
  }
}

extension Metric {
  /// Keras's `accuracy` is the binary one for one output, the sparse one for class numbers.
  fileprivate func resolved(outputWidth: Int, targetWidth: Int) -> Metric {
    guard self == .accuracy else { return self }
    if outputWidth == 1 { return .binaryAccuracy(threshold: 0.5) }
    return targetWidth == 1 ? .sparseCategoricalAccuracy : .categoricalAccuracy
  }

  /// Throws where such targets can't be compared with such outputs.
  fileprivate func check(outputWidth: Int, targetWidth: Int) throws {
    let isSparse = targetWidth == 1 && outputWidth > 1
    let fits =
      switch self {
      case .sparseCategoricalAccuracy, .topK(_, sparse: true): targetWidth == 1
      case .categoricalAccuracy, .topK(_, sparse: false): targetWidth == outputWidth
      case .binaryAccuracy, .meanAbsoluteError, .meanSquaredError, .rootMeanSquaredError, .r2Score,
        .meanAbsolutePercentageError:
        !isSparse
      case .accuracy, .auc, .precision, .recall, .f1Score: true
      }
    guard !fits else { return }
    throw Failure.usage(
      "the metric \(self) can't compare \(outputWidth) outputs with \(targetWidth) target numbers",
      remedy: isSparse ? "the targets are class numbers" : nil)
  }

  /// How many numbers are summed for `width` outputs.
  fileprivate func sumCount(width: Int) -> Int {
    switch self {
    case .auc(_, let thresholds): 2 * thresholds
    case .precision, .recall: 2
    case .f1Score: 3 * width
    case .r2Score: 4 * width
    default: 2
    }
  }

  /// Adds the rows' share.
  fileprivate func add(_ rows: LossRows, _ sums: MetricSums) {
    for row in 0..<rows.output.rows {
      let count = rows.count(row)
      guard count != 0 else { continue }
      switch self {
      case .auc(_, let thresholds): addBuckets(rows, row, thresholds, sums, Double(count))
      case .precision(let threshold): addPositives(rows, row, threshold, sums, Double(count))
      case .recall(let threshold): addFound(rows, row, threshold, sums, Double(count))
      case .f1Score(_, let threshold): addClasses(rows, row, threshold, sums, Double(count))
      case .r2Score: addVariances(rows, row, sums, Double(count))
      default:
        sums[0] += Double(count) * mean(rows, row)
        sums[1] += Double(count)
      }
    }
  }

  /// The value that the sums make.
  fileprivate func value(_ sums: [Double], width: Int) -> Double {
    switch self {
    case .auc(let curve, let thresholds): ThresholdCounts(sums, thresholds).area(curve)
    case .f1Score(let average, _): ClassCounts(sums, classes: width).score(average)
    case .r2Score: explainedVariance(sums, width: width)
    case .rootMeanSquaredError: quotient(sums[0], sums[1]).squareRoot()
    default: quotient(sums[0], sums[1])
    }
  }
}

/// `a / b`, 0 where b is 0, as Keras divides.
func quotient(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }
