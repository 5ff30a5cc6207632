// Runs a model's network on chunks of a stream; all inputs are checked before they are used.

import Failures
import Networks
import Tensor
import TensorFile
import Training

/// The settings for running a model.
public struct PredictorOptions: Sendable {
  /// The batch size; nil for 256, or for a stateful model, the size that it was built for in Keras, else 1.
  public var batchSize: Int?
  /// The number of rows that are given at first, if that isn't the number of those that show their shape.
  public var firstRows: Int?
  /// The number of threads.
  public var threads: Int
  /// Metrics to use instead of the model's, in the format of the command line.
  public var metrics: String?
  /// Whether to compute the losses and metrics.
  public var evaluates: Bool
  /// Whether to compute the gradient of the loss with respect to the state at each step.
  public var computesStateGradients: Bool
  /// How sample paths are drawn, of a model that predicts distributions.
  public var paths = PathOptions()

  /// By default, only predictions are computed.
  public init(
    batchSize: Int? = nil, threads: Int, evaluates: Bool = false, metrics: String? = nil,
    computesStateGradients: Bool = false
  ) {
    self.batchSize = batchSize
    self.threads = threads
    self.evaluates = evaluates
    self.metrics = metrics
    self.computesStateGradients = computesStateGradients
  }
}

/// A model's network, built for rows of a fixed shape.
public final class Predictor {
  /// Notes for the user about columns that were matched by order.
  public var notes: [String] { reading.binding.notes }
  /// The gradient with respect to the state at each step, if requested.
  public private(set) var stateGradients: StateGradients?

  private let model: LoadedModel
  private let runner: BatchRunner
  private let reading: ModelInputs
  private var binding: ColumnBinding { reading.binding }
  /// Draws sample paths, of a model that predicts distributions.
  private let sampler: PathSampler?
  private let pathOptions: PathOptions
  private let objective: Objective
  /// Whether losses and metrics are computed, for which rows may be weighted.
  private let isEvaluating: Bool
  private var totals: RunningTotals
  /// What batches add to the totals, while they are counted apart.
  private var apart: [BatchSums]?
  /// The position of the next row in a batch, for a stateful model.
  private var stateRow = 0

  /// - Parameter chunk: a chunk with the shape of all rows.
  /// - Throws: `Failure` (data) if the rows don't fit the model, or targets are missing.
  public init(_ model: LoadedModel, like chunk: Chunk, _ options: PredictorOptions) throws {
    self.model = model
    let architecture = model.file.architecture
    isEvaluating = options.evaluates
    let needsTargets = options.evaluates || options.computesStateGradients
    reading = try ModelInputs(model, like: chunk, targets: needsTargets ? Self.reader(options) : nil)
    // A stateful model's rows continue from the preceding batch: one after the other, unless a batch size is given.
    let rows =
      architecture.isStateful
      ? options.batchSize ?? model.file.batchSize ?? 1
      : min(options.batchSize ?? 256, max(1, options.firstRows ?? chunk.rows))
    // A network that predicts distributions reads the horizon too, in order to be evaluated.
    let isUnrolled = model.distribution != nil
    let network = try model.file.network(
      rows: isUnrolled && !needsTargets ? 1 : rows, inputs: isUnrolled ? nil : reading.shapes,
      workers: options.threads, isTraining: options.computesStateGradients,
      keepsStateGradients: options.computesStateGradients)
    objective = try model.objective(metrics: options.metrics)
    pathOptions = options.paths
    sampler = try Self.sampler(model, reading.binding.inputs, rows: rows, options)
    let targets = needsTargets ? try Self.targetWidths(model, reading.binding, chunk) : []
    // The metrics of windows are in the units of the data, so they are computed elsewhere.
    runner = try BatchRunner(
      network, model.window == nil && options.evaluates ? objective : objective.withoutMetrics,
      targetWidths: targets, threads: options.threads)
    runner.hasFixedWeights = true
    totals = runner.emptyTotals
    if options.computesStateGradients { stateGradients = try StateGradients(network) }
  }

  /// What needs targets, and what to do without.
  private static func reader(_ options: PredictorOptions) -> ModelInputs.TargetReader {
    options.computesStateGradients
      ? ModelInputs.TargetReader(name: "the loss", remedy: "use rows with targets")
      : ModelInputs.TargetReader(name: "--evaluate", remedy: "omit --evaluate")
  }

  private static func sampler(
    _ model: LoadedModel, _ columns: [String], rows: Int, _ options: PredictorOptions
  ) throws -> PathSampler? {
    guard let distribution = model.distribution, let window = model.window else { return nil }
    guard !options.computesStateGradients else {
      throw Failure.usage("the model predicts distributions", at: "--gradients", remedy: "omit it")
    }
    return try PathSampler(
      model, distribution, window, columns: columns, rows: rows, options.paths, threads: options.threads)
  }

  private static func targetWidths(
    _ model: LoadedModel, _ binding: ColumnBinding, _ chunk: Chunk
  ) throws -> [Int] {
    try binding.targets.map { name in
      let width = chunk.columns[name]?.tensor?.rowWidth ?? 0
      guard let distribution = model.distribution, let window = model.window else { return width }
      let horizon = model.trainedHorizon ?? 1
      guard width == window.targets.count * horizon else {
        throw Failure.data("it has \(counted(width, "value")) in a row", at: "column \(name)")
      }
      return (window.length + horizon - 1) * window.targets.count * distribution.valuesPerTarget
    }
  }

  /// Stops the threads.
  public func close() { runner.close() }

  /// The losses and the metrics of all rows so far.
  public var values: [(name: String, value: Double)] { runner.values(totals) }

  /// The sum of the batches' losses, each times the number of its rows.
  var lossSum: Double { totals.sums[0] }

  /// Whether padding is masked in the first output, and so without influence.
  var masksPadding: Bool { runner.network.outputs[0].mask != nil }

  /// Predicts for the rows of a chunk.
  ///
  /// - Parameter firstRow: the index of its first row in the input, for messages.
  public func predict(_ chunk: Chunk, firstRow: Int) throws -> Prediction {
    let columns = CheckedColumns(chunk, firstRow: firstRow)
    let given = DataSet(
      rows: chunk.rows, inputs: try reading.inputs(columns), targets: try targets(columns, firstRow),
      weights: isEvaluating ? try columns.weights() : [])
    let data = model.relative?.differences(given) ?? given
    if let sampler { return try pathPrediction(sampler, data, given, chunk, firstRow: firstRow) }
    let (values, masks) = outputs(for: data)
    try checkFinite(values, rows: data.rows, firstRow: firstRow)
    return Prediction(
      outputs: try values.indices.map { number in
        try output(number, values[number], masks[number], given, chunk)
      })
  }

  /// Sample paths, and the loss of the distributions of all steps if targets are given.
  private func pathPrediction(
    _ sampler: PathSampler, _ data: DataSet, _ given: DataSet, _ chunk: Chunk, firstRow: Int
  ) throws -> Prediction {
    let scales = try PathScales(model, chunk)
    if isEvaluating {
      let sequences = try scales.sequences(data, columns: binding.inputs)
      runner.forEachBatch(sequences, into: &totals) { keepSums() }
    }
    let count = pathOptions.count
    var paths = try sampler.paths(data, firstRow: firstRow, divisors: scales.divisors)
    if let relative = model.relative { paths = relative.levels(paths, valuesPerTarget: count, given) }
    var values = try model.unscaled(paths, valuesPerTarget: count, of: chunk)
    // Dividing and multiplying by the same number may round.
    if model.distribution?.isOfCounts == true { values = values.map { $0.rounded() } }
    let targets = binding.targets.first
    return Prediction(
      outputs: [PathForecast(values, rows: given.rows, pathOptions).output(givenTargets: targets)])
  }

  /// Converts an output to the units of the data.
  private func output(
    _ number: Int, _ values: [Float], _ mask: [Bool]?, _ given: DataSet, _ chunk: Chunk
  ) throws -> Prediction.Output {
    let output = runner.network.outputs[number]
    if let quantiles = model.quantiles { return try quantileOutput(values, quantiles, given, chunk) }
    let shape = [given.rows] + (output.isSequence ? [output.steps, output.width] : [output.width])
    let scaled = model.window == nil ? [] : levels(values, given)
    let results =
      model.window == nil
      ? Tensor(values, shape: shape) : Tensor(try model.unscaled(scaled, of: chunk), shape: shape)
    var result = Prediction.Output(
      name: objective.terms[number].name, values: results, mask: mask,
      givenTargets: binding.targets.isEmpty ? nil : binding.targets[number])
    result.scaled = scaled
    return result
  }

  /// The median as the prediction, and the other quantiles as limits of intervals.
  private func quantileOutput(
    _ values: [Float], _ quantiles: Quantiles, _ given: DataSet, _ chunk: Chunk
  ) throws -> Prediction.Output {
    let count = quantiles.count
    func tensor(_ number: Int) throws -> Tensor {
      let own = stride(from: number, to: values.count, by: count).map { values[$0] }
      let shape = [given.rows, own.count / max(1, given.rows)]
      return Tensor(try model.unscaled(levels(own, given), of: chunk), shape: shape)
    }
    var output = Prediction.Output(
      name: nil, values: try tensor(quantiles.median), mask: nil,
      givenTargets: binding.targets.isEmpty ? nil : binding.targets[0])
    for interval in quantiles.intervals {
      output.limits["prediction-lo-\(interval.text)"] = try tensor(interval.low)
      output.limits["prediction-hi-\(interval.text)"] = try tensor(interval.high)
    }
    return output
  }

  /// Outputs as scaled values, if the model predicts differences from a window's last step.
  private func levels(_ values: [Float], _ given: DataSet) -> [Double] {
    let values = values.map(Double.init)
    return model.relative?.levels(values, given) ?? values
  }

  /// The network's outputs, row-major, and their masks.
  private func outputs(for data: DataSet) -> (values: [[Float]], masks: [[Bool]?]) {
    let network = runner.network
    var values = network.outputs.map { output -> [Float] in
      var result: [Float] = []
      result.reserveCapacity(data.rows * output.steps * output.width)
      return result
    }
    var masks: [[Bool]?] = network.outputs.map { _ in nil }
    runner.forEachBatch(data, stateRow: stateRow, hasBackward: stateGradients != nil, into: &totals) {
      stateGradients?.add(network)
      keepSums()
      for number in values.indices {
        values[number].append(contentsOf: network.outputArray(number))
        if let mask = network.outputMaskArray(number) { masks[number] = (masks[number] ?? []) + mask }
      }
    }
    if network.architecture.isStateful { stateRow = (stateRow + data.rows) % network.rows }
    return (values, masks)
  }

  // MARK: Batches in several processes

  /// At multiples of how many rows a chunk can be divided without another division into batches; nil if rows continue one
  /// another.
  var divisor: Int? {
    guard !runner.network.architecture.isStateful else { return nil }
    guard let sampler else { return runner.network.rows }
    return isEvaluating ? sampler.batchRows.leastCommonMultiple(runner.network.rows) : sampler.batchRows
  }

  /// Predicts, but leaves it to `add(_:)` to count the batches.
  /// - Returns: the result of `work`, and what the batches add.
  func apart<Result>(_ work: () throws -> Result) rethrows -> (Result, [BatchSums]) {
    let before = totals
    apart = []
    defer { (totals, apart) = (before, nil) }
    let result = try work()
    return (result, apart ?? [])
  }

  /// Counts batches that another predictor of the same model has run.
  func add(_ batches: [BatchSums]) { for batch in batches { runner.add(batch, to: &totals) } }

  private func keepSums() { if apart != nil, isEvaluating { apart?.append(runner.batchSums) } }

  // MARK: Checks

  /// Rejects outputs that are no numbers: inputs and weights are, so that a value between them has become too large.
  private func checkFinite(_ outputs: [[Float]], rows: Int, firstRow: Int) throws {
    for output in outputs where !output.areAllFinite {
      let index = output.firstIndex { !$0.isFinite } ?? 0
      throw Failure.data(
        "row \(firstRow + index / max(1, output.count / max(1, rows))): the model's output is \(output[index])",
        remedy: "check whether its values are far outside those that the model was trained on")
    }
  }

  private func targets(_ columns: CheckedColumns, _ firstRow: Int) throws -> [DataSet.Targets] {
    guard isEvaluating || stateGradients != nil else { return [] }
    return try binding.targets.enumerated().map { number, column in
      let values = try columns.numbers(column)
      let width = try columns.tensor(column).rowWidth
      try checkLabels(values, number, column, firstRow)
      return DataSet.Targets(values, width: width)
    }
  }

  private func checkLabels(_ targets: [Float], _ number: Int, _ column: String, _ firstRow: Int) throws {
    let (loss, output) = (objective.terms[number].loss, runner.network.outputs[number])
    guard loss.usesClassIDs,
      let index = targets.firstIndex(where: { !loss.accepts($0, classes: output.width) })
    else { return }
    throw Failure.data(
      "row \(firstRow + index / max(1, output.steps)) contains \(targets[index]), "
        + "not a class from 0 to \(output.width - 1)", at: "column \(column)")
  }
}

extension Objective {
  /// The same losses without metrics.
  fileprivate var withoutMetrics: Objective {
    Objective(terms.map { Term(name: $0.name, loss: $0.loss, weight: $0.weight, metrics: []) })
  }
}

extension Int {
  /// The least number that is a multiple of both; both are positive.
  fileprivate func leastCommonMultiple(_ other: Int) -> Int {
    var (divisor, rest) = (self, other)
    while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
    return self / divisor * other
  }
}
