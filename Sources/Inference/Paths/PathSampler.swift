// Sample paths of a model that predicts the distribution of each next value: the network reads the window once; then every
// path goes on from its states, step by step, with a random value of the predicted distribution as the next input
// (ancestral sampling; Salinas et al. 2020, section 3). All paths of some rows are the rows of one batch. A path's random
// numbers depend on the seed and on the numbers of its row and path alone, so that they are the same for any number of
// threads, and the first paths the same for any number of paths.

import Failures
import Networks
import RandomNumbers
import Sequences
import Tensor
import Training

/// How sample paths are drawn.
public struct PathOptions: Sendable, Equatable {
  /// The number of paths of each row.
  public var count: Int
  /// The seed of the random numbers.
  public var seed: UInt64
  /// The levels in percent of the intervals that are computed from them, ascending.
  public var levels: [Double]
  /// Whether the paths are results too.
  public var areKept: Bool

  /// By default, 100 paths and intervals of 80 and 95 %.
  public init(count: Int = 100, seed: UInt64 = 0, levels: [Double] = [80, 95], areKept: Bool = false) {
    (self.count, self.seed, self.levels, self.areKept) = (count, seed, levels, areKept)
  }
}

/// Draws sample paths.
final class PathSampler {
  private let distribution: ForecastDistribution
  private let options: PathOptions
  /// The number of steps to forecast.
  let horizon: Int
  private let length: Int
  private let width: Int
  private let columns: [String]
  /// The number of windows in a batch.
  let batchRows: Int
  private let context: PassRunner
  private let steps: PassRunner
  /// The random streams of paths ("path" in ASCII).
  private static let stream: UInt64 = 0x7061_7468_0000_0000
  /// About as many paths are in a batch.
  private static let pathsPerBatch = 2048

  /// - Parameters:
  ///   - columns: the columns of the network's inputs.
  ///   - rows: the number of rows that are expected at once.
  /// - Throws: `Failure` (data) if a weight is missing.
  init(
    _ model: LoadedModel, _ distribution: ForecastDistribution, _ window: WindowLayout, columns: [String],
    rows: Int, _ options: PathOptions, threads: Int
  ) throws {
    (self.distribution, self.options, self.columns) = (distribution, options, columns)
    (horizon, length, width) = (window.horizon, window.length, window.targets.count)
    batchRows = max(1, min(rows, Self.pathsPerBatch / options.count))
    context = PassRunner(
      try model.file.continuingNetwork(steps: length, rows: batchRows, workers: threads), threads: threads)
    steps = PassRunner(
      try model.file.continuingNetwork(steps: 1, rows: batchRows * options.count, workers: threads),
      threads: threads)
    guard context.network.outputs[0].width == width * distribution.outputs else {
      throw Failure.data(
        "its outputs are not the parameters of a distribution of each target", at: model.path)
    }
  }

  /// The paths of windows, `[rows, horizon * width, paths]`, scaled.
  /// - Parameters:
  ///   - data: the network's inputs, `known` for all steps to forecast.
  ///   - firstRow: the number of the first row in the input.
  ///   - divisors: by what each row's columns were divided in scaling, `[rows, width]`.
  /// - Throws: `Failure` (data) if a value is not finite.
  func paths(_ data: DataSet, firstRow: Int, divisors: [Double]) throws -> [Double] {
    let count = options.count
    var result = [Double](repeating: 0, count: data.rows * horizon * width * count)
    for start in stride(from: 0, to: data.rows, by: batchRows) {
      let rows = start..<min(start + batchRows, data.rows)
      var batch = Batch(
        rows: rows, random: random(rows, firstRow), parameters: readWindows(data, rows), next: [])
      for step in 0..<horizon {
        batch.next = Array(repeating: 0, count: rows.count * count * width)
        try draw(&batch, step, divisors, firstRow, into: &result)
        guard step + 1 < horizon else { break }
        batch.parameters = advance(data, batch, step)
      }
    }
    return result
  }

  /// The rows of a batch, and the state of their paths.
  private struct Batch {
    let rows: Range<Int>
    /// Of each path.
    var random: [RandomStream]
    /// The parameters of the next values' distributions, `[rows * paths, width * outputs]`.
    var parameters: [Float]
    /// The values that were drawn last, `[rows * paths, width]`.
    var next: [Float]
  }

  private func random(_ rows: Range<Int>, _ firstRow: Int) -> [RandomStream] {
    rows.flatMap { row in
      (0..<options.count).map { path in
        RandomStream(
          seed: options.seed, stream: Self.stream &+ UInt64(firstRow + row) << 20 &+ UInt64(path))
      }
    }
  }

  /// Runs the network over windows, and prepares their paths.
  /// - Returns: the parameters of the first values' distributions for each path.
  private func readWindows(_ data: DataSet, _ rows: Range<Int>) -> [Float] {
    context.network.resetState()
    context.begin(windows(data, rows))
    context.run()
    let sources = (0..<rows.count).flatMap { Array(repeating: $0, count: options.count) }
    steps.begin(PassRunner.RowLoad(order: sources))
    steps.network.continueStates(of: context.network, rows: sources)
    loadWhole(data, sources.map { $0 + rows.lowerBound })
    let all = context.network.outputArray()
    let each = width * distribution.outputs
    return sources.flatMap { row in
      let end = (row + 1) * length * each
      return all[end - each..<end]
    }
  }

  /// The network's inputs over windows.
  private func windows(_ data: DataSet, _ rows: Range<Int>) -> PassRunner.RowLoad {
    var load = PassRunner.RowLoad(order: Array(0..<rows.count))
    for (number, input) in data.inputs.enumerated() {
      switch input {
      case .tokens(let ids):
        let each = ids.count / data.rows
        load.tokens.append((number, Array(ids[rows.lowerBound * each..<rows.upperBound * each])))
      case .features(let values):
        load.features.append(
          (
            number,
            rows.flatMap { row in
              // What is known of a step is read with the value before.
              let first = columns[number] == "known" ? stepWidth(number) : 0
              let start = row * (values.count / data.rows) + first
              return values[start..<start + context.network.architecture.inputs[number].extents.reduce(1, *)]
            }
          ))
      }
    }
    return load
  }

  /// The number of values of a step of an input.
  private func stepWidth(_ number: Int) -> Int { steps.network.architecture.inputs[number].width }

  /// Loads the inputs that have no steps, which stay the same on each path.
  private func loadWhole(_ data: DataSet, _ rows: [Int]) {
    var load = PassRunner.RowLoad(order: rows)
    for (number, input) in data.inputs.enumerated() where !["x", "known"].contains(columns[number]) {
      switch input {
      case .tokens(let ids): load.tokens.append((number, ids))
      case .features(let values): load.features.append((number, values))
      }
    }
    steps.load(load)
  }

  /// Draws a value of each path and column.
  private func draw(
    _ batch: inout Batch, _ step: Int, _ divisors: [Double], _ firstRow: Int, into result: inout [Double]
  ) throws {
    let (count, outputs) = (options.count, distribution.outputs)
    for path in batch.random.indices {
      let row = batch.rows.lowerBound + path / count
      for column in 0..<width {
        let first = (path * width + column) * outputs
        let divisor = distribution.isOfCounts ? divisors[row * width + column] : 1
        let value = distribution.sample(
          batch.parameters[first..<first + outputs], divisor: divisor, &batch.random[path])
        let scaled = distribution.isOfCounts ? value / divisor : value
        guard Float(scaled).isFinite else {
          throw Failure.data("the forecast of row \(firstRow + row) is \(scaled) at step \(step + 1)")
        }
        batch.next[path * width + column] = Float(scaled)
        result[((row * horizon + step) * width + column) * count + path % count] = scaled
      }
    }
  }

  /// Reads the values of step `step`; returns the parameters for the step after.
  private func advance(_ data: DataSet, _ batch: Batch, _ step: Int) -> [Float] {
    let paths = Array(batch.random.indices)
    var load = PassRunner.RowLoad(order: paths)
    for (number, column) in columns.enumerated() where column == "x" {
      load.features.append((number, batch.next))
    }
    steps.load(load)
    for (number, column) in columns.enumerated() where column == "known" {
      guard case .features(let values) = data.inputs[number] else { continue }
      let (each, rowWidth) = (stepWidth(number), values.count / data.rows)
      let known = batch.rows.flatMap { row in
        let start = row * rowWidth + (length + step + 1) * each
        return values[start..<start + each]
      }
      steps.load(PassRunner.RowLoad(features: [(number, known)], order: paths.map { $0 / options.count }))
    }
    steps.run()
    return steps.network.outputArray()
  }
}
