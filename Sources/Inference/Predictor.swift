// A model's network at work on chunks of a stream, with every input checked before it is used.

import Failures
import Networks
import Tensor
import TensorFile
import Training

/// How a model is run.
public struct PredictorOptions: Sendable {
  /// Rows that are run at once; nil for 256, or 1 for a stateful model.
  public var batchSize: Int?
  /// How many threads work.
  public var threads: Int
  /// What is measured against targets; nil where nothing is.
  public var metrics: String?
  /// Whether the losses, and metrics, are computed.
  public var evaluates: Bool
  /// Whether the gradient of the loss that reaches each step's state is taken.
  public var takesStateGradients: Bool

  /// Predictions alone, unless more is asked for.
  public init(
    batchSize: Int? = nil, threads: Int, evaluates: Bool = false, metrics: String? = nil,
    takesStateGradients: Bool = false
  ) {
    self.batchSize = batchSize
    self.threads = threads
    self.evaluates = evaluates
    self.metrics = metrics
    self.takesStateGradients = takesStateGradients
  }
}

/// What a model gives for the rows of a chunk.
public struct Prediction {
  /// One output's values.
  public struct Output {
    /// The output's name; nil where it is the only one.
    public let name: String?
    /// `[rows, width]` or `[rows, steps, width]`, in the units of the data.
    public let values: Tensor
    /// Which rows and steps count; nil where nothing is masked.
    public let mask: [Bool]?

    /// The column that holds it.
    public var column: String { name.map { "prediction.\($0)" } ?? "prediction" }
  }

  /// The outputs, in the network's order.
  public let outputs: [Output]
}

/// A model's network, built for rows of one shape.
public final class Predictor {
  /// What was matched by order when columns were chosen, for the user.
  public var notes: [String] { binding.notes }
  /// What reaches each step's state, where it was asked for.
  public private(set) var stateGradients: StateGradients?

  private let model: LoadedModel
  private let runner: BatchRunner
  private let binding: ColumnBinding
  private let shapes: [ValueShape]
  private let objective: Objective
  /// Whether measures are taken, for which rows may have weights.
  private let isEvaluating: Bool
  private var totals: RunningTotals
  /// The row of a batch that the next row is, where rows carry states.
  private var stateRow = 0

  /// - Parameter chunk: its rows have the shape of all that follow.
  /// - Throws: `Failure` (data) where the model can't take such rows, or there is nothing to evaluate against.
  public init(_ model: LoadedModel, like chunk: Chunk, _ options: PredictorOptions) throws {
    self.model = model
    let architecture = model.file.architecture
    isEvaluating = options.evaluates
    let needsTargets = options.evaluates || options.takesStateGradients
    binding = try Self.binding(architecture.topology, chunk, options, needsTargets: needsTargets)
    shapes = try zip(binding.inputs, architecture.inputs).map { try Self.shape($0, $1, chunk) }
    // A stateful model's rows go on where the batch before ended: one after another, unless told otherwise.
    let rows =
      architecture.isStateful ? options.batchSize ?? 1 : min(options.batchSize ?? 256, max(1, chunk.rows))
    let network = try model.file.network(
      rows: rows, inputs: shapes, workers: options.threads, isTraining: options.takesStateGradients,
      keepsStateGradients: options.takesStateGradients)
    objective = try model.objective(metrics: options.metrics)
    let targets = needsTargets ? binding.targets.map { chunk.columns[$0]?.tensor?.rowWidth ?? 0 } : []
    // Metrics of windows are in the units of the data, so others compute them.
    runner = try BatchRunner(
      network, model.window == nil && options.evaluates ? objective : objective.withoutMetrics,
      targetWidths: targets, threads: options.threads)
    totals = runner.emptyTotals
    if options.takesStateGradients { stateGradients = try StateGradients(network) }
  }

  private static func binding(
    _ topology: Topology, _ chunk: Chunk, _ options: PredictorOptions, needsTargets: Bool
  ) throws -> ColumnBinding {
    let binding = try ColumnBinding(topology, columns: Set(chunk.columns.keys), needsTargets: false)
    let missing = binding.targets.isEmpty ? "y" : binding.targets.first { chunk.columns[$0]?.tensor == nil }
    guard needsTargets, let missing else { return binding }
    throw Failure.data(
      "there is no column \(missing) to \(options.takesStateGradients ? "take the loss" : "evaluate") against",
      remedy: options.takesStateGradients ? "name rows with targets" : "leave --evaluate out")
  }

  /// The shape of a column's rows, which may have other steps than training's.
  private static func shape(_ column: String, _ wanted: ValueShape, _ chunk: Chunk) throws -> ValueShape {
    guard let tensor = chunk.columns[column]?.tensor else {
      throw Failure.data("there is no column \(column)")
    }
    if case .vector = wanted { return wanted }
    guard let steps = tensor.rowShape.first, steps > 0 else {
      throw Failure.data("its rows are empty", at: "column \(column)")
    }
    return wanted.with(steps: steps)
  }

  /// Ends the threads.
  public func close() { runner.close() }

  /// The losses and the metrics of all rows so far.
  public var values: [(name: String, value: Double)] { runner.values(totals) }

  /// Runs a chunk's rows.
  ///
  /// - Parameter firstRow: the number of its first row among all, for messages.
  public func predict(_ chunk: Chunk, firstRow: Int) throws -> Prediction {
    let columns = CheckedColumns(chunk, firstRow: firstRow)
    let given = DataSet(
      rows: chunk.rows, inputs: try inputs(columns), targets: try targets(columns, firstRow),
      weights: isEvaluating ? try columns.weights() : [])
    let (values, masks) = outputs(for: model.relative?.differences(given) ?? given)
    return Prediction(
      outputs: try values.indices.map { number in
        try output(number, values[number], masks[number], given)
      })
  }

  /// An output in the units of the data.
  private func output(
    _ number: Int, _ values: [Float], _ mask: [Bool]?, _ given: DataSet
  ) throws -> Prediction.Output {
    var values = values
    if let relative = model.relative, case .features(let levels) = given.inputs[0] {
      values = relative.levels(values, x: levels, rows: given.rows)
    }
    let output = runner.network.outputs[number]
    let shape = output.isSequence ? [output.steps, output.width] : [output.width]
    return Prediction.Output(
      name: objective.terms[number].name,
      values: Tensor(try model.unscaled(values), shape: [given.rows] + shape), mask: mask)
  }

  /// The network's outputs, row-major, and which of them count.
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
      for number in values.indices {
        values[number].append(contentsOf: network.outputArray(number))
        if let mask = network.outputMaskArray(number) { masks[number] = (masks[number] ?? []) + mask }
      }
    }
    if network.architecture.isStateful { stateRow = (stateRow + data.rows) % network.rows }
    return (values, masks)
  }

  // MARK: Checks

  private func inputs(_ columns: CheckedColumns) throws -> [DataSet.Input] {
    try binding.inputs.enumerated().map { number, column in
      let tensor = try columns.tensor(column)
      try check(tensor, number, column)
      guard shapes[number].isTokens else { return .features(try columns.numbers(column)) }
      let vocabulary = model.file.architecture.vocabulary(ofInput: number)
      return .tokens(
        try columns.tokens(column, below: vocabulary, remedy: "tokenize with --like \(model.path)"))
    }
  }

  private func check(_ tensor: Tensor, _ number: Int, _ column: String) throws {
    let shape = shapes[number]
    let fits =
      shape.isTokens
      ? tensor.type.isInteger && tensor.rowShape == shape.extents
      : tensor.rowWidth == shape.extents.reduce(1, *)
    guard !fits else { return }
    let wanted = model.file.architecture.inputs[number]
    throw Failure.data(
      shape.isTokens
        ? "a row is \(tensor.type.rawValue)\(tensor.rowShape), the model takes token ids \(wanted.extents)"
        : "a row is \(tensor.rowShape), the model takes \(wanted.extents)", at: "column \(column)")
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
    guard loss.takesLabels,
      let place = targets.firstIndex(where: { !loss.accepts($0, classes: output.width) })
    else { return }
    throw Failure.data(
      "row \(firstRow + place / max(1, output.steps)) has \(targets[place]), "
        + "not a class of 0 to \(output.width - 1)", at: "column \(column)")
  }
}

extension Objective {
  /// The same losses, measuring nothing beside them.
  fileprivate var withoutMetrics: Objective {
    Objective(terms.map { Term(name: $0.name, loss: $0.loss, weight: $0.weight, metrics: []) })
  }
}
