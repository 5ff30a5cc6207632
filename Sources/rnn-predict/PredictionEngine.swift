// The network at work on chunks, with every input checked before it is used.

import Failures
import Glibc
import Networks
import Stage
import Tensor
import TensorFile
import Training

/// A model's network, built for rows of one length.
final class PredictionEngine {
  private let model: LoadedModel
  private let runner: BatchRunner
  private let hasTargets: Bool
  /// Whether measures are taken, for which rows may have weights.
  private let isEvaluating: Bool
  private let steps: Int
  private let loss: Loss
  private var tally: Tally
  /// The row of a batch that the next row is, where rows carry states.
  private var stateRow = 0
  /// Which rows and steps of the chunk's outputs a mask lets through; nil where nothing is masked.
  private(set) var outputMask: [Bool]?
  /// What reaches each step's state, where it was asked for.
  private(set) var gradients: StateGradients?

  /// - Parameters:
  ///   - chunk: its rows have the length of all that follow.
  ///   - metrics: what is measured where there are targets; nil where there are none.
  init(_ model: LoadedModel, like chunk: Chunk, _ command: Predict, metrics: [Metric]?) throws {
    self.model = model
    isEvaluating = metrics != nil
    hasTargets = isEvaluating || command.gradients
    guard let x = chunk.columns["x"]?.tensor else { throw Failure.data("there is no column x") }
    guard let steps = x.rowShape.first, steps > 0 else {
      throw Failure.data("its rows are empty", at: "column x")
    }
    self.steps = steps
    let threads = command.threads.count
    // A stateful model's rows go on where the batch before ended: one after another, unless told otherwise.
    let isStateful = model.file.architecture.isStateful
    let network = try model.file.network(
      rows: isStateful ? command.batchSize ?? 1 : min(command.batchSize ?? 256, max(1, chunk.rows)),
      steps: steps, workers: threads, isTraining: command.gradients,
      keepsStateGradients: command.gradients)
    loss = try Loss(parsing: model.file.loss)
    if hasTargets && chunk.columns["y"]?.tensor == nil {
      throw Failure.data(
        "there is no column y to \(command.gradients ? "take the loss" : "evaluate") against",
        remedy: command.gradients ? "name rows with targets" : "leave --evaluate out")
    }
    let width = hasTargets ? chunk.columns["y"]?.tensor?.rowWidth ?? 0 : 0
    // Metrics of windows are in the units of the data, so others count them.
    runner = try BatchRunner(
      network, loss: loss, metrics: model.window == nil ? metrics ?? [] : [], targetWidth: width,
      threads: threads)
    tally = runner.emptyTally
    if command.gradients { gradients = try StateGradients(network) }
    try checkShape(x)
  }

  /// The loss and the metrics of all rows so far.
  var values: [(name: String, value: Double)] { runner.values(tally) }

  /// Outputs of a row and step.
  var outputWidth: Int { runner.network.output.width }

  /// The shape of one row's prediction.
  var outputShape: [Int] {
    let output = runner.network.output
    return output.isSequence ? [output.steps, output.width] : [output.width]
  }

  /// The network's outputs for a chunk's rows, row-major.
  func run(_ chunk: Chunk, firstRow: Int) throws -> [Float] {
    guard let x = chunk.columns["x"]?.tensor else { throw Failure.data("a chunk lacks the column x") }
    try checkShape(x)
    let targets = hasTargets ? try finite(chunk.columns["y"]?.tensor, "y", firstRow) : []
    try checkLabels(targets, firstRow)
    let given = DataSet(
      rows: chunk.rows, input: try input(x, firstRow), targets: targets,
      targetWidth: chunk.rows > 0 ? targets.count / chunk.rows : 0, weights: try weights(chunk, firstRow))
    let result = outputs(for: model.relative?.differences(given) ?? given)
    guard let relative = model.relative, case .features(let levels) = given.input else { return result }
    return relative.levels(result, x: levels, rows: chunk.rows)
  }

  private func outputs(for data: DataSet) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(data.rows * outputShape.reduce(1, *))
    outputMask = nil
    runner.forEachBatch(data, stateRow: stateRow, hasBackward: gradients != nil, into: &tally) {
      gradients?.add(runner.network)
      result.append(contentsOf: runner.network.outputArray())
      if let mask = runner.network.outputMaskArray() { outputMask = (outputMask ?? []) + mask }
    }
    if runner.network.architecture.isStateful { stateRow = (stateRow + data.rows) % runner.network.rows }
    return result
  }

  private func checkShape(_ x: Tensor) throws {
    let architecture = model.file.architecture
    switch architecture.input {
    case .tokens:
      guard x.type.isInteger, x.rowShape == [steps] else {
        throw Failure.data(
          "a row is \(x.type.rawValue)\(x.rowShape), the model takes token ids [\(architecture.input.steps)]",
          at: "column x")
      }
    case .features(_, let width):
      guard x.rowWidth == steps * width else {
        throw Failure.data(
          "a row is \(x.rowShape), the model takes [\(architecture.input.steps), \(width)]", at: "column x")
      }
    }
  }

  private func input(_ x: Tensor, _ firstRow: Int) throws -> DataSet.Input {
    guard case .tokens = model.file.architecture.input else { return .features(try finite(x, "x", firstRow)) }
    let vocabulary = runner.network.vocabulary ?? 0
    let ids = x.integers ?? []
    if let place = ids.firstIndex(where: { $0 < 0 || $0 >= vocabulary }) {
      throw Failure.data(
        "row \(firstRow + place / steps) has the token id \(ids[place]), the model knows \(vocabulary)",
        at: "column x", remedy: "tokenise with --like \(model.path)")
    }
    return .tokens(ids.map { Int32($0) })
  }

  /// What each row counts in the loss, where the chunk says it.
  private func weights(_ chunk: Chunk, _ firstRow: Int) throws -> [Float] {
    guard isEvaluating, let column = chunk.columns["weight"]?.tensor else { return [] }
    guard column.rowWidth == 1 else {
      throw Failure.data("has other than one number a row", at: "column weight")
    }
    let values = try finite(column, "weight", firstRow)
    if let row = values.firstIndex(where: { $0 < 0 }) {
      throw Failure.data(
        "row \(firstRow + row) counts \(values[row])", at: "column weight", remedy: "0 or more")
    }
    return values
  }

  private func finite(_ tensor: Tensor?, _ name: String, _ firstRow: Int) throws -> [Float] {
    guard let tensor else { throw Failure.data("a chunk lacks the column \(name)") }
    let values = tensor.floats
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw Failure.data(
      "row \(firstRow + place / max(1, tensor.rowWidth)) has \(values[place])", at: "column \(name)")
  }

  private func checkLabels(_ targets: [Float], _ firstRow: Int) throws {
    let classes = runner.network.output.width
    guard loss.takesLabels, let place = targets.firstIndex(where: { !loss.accepts($0, classes: classes) })
    else { return }
    throw Failure.data(
      "row \(firstRow + place / max(1, runner.network.output.steps)) has \(targets[place]), not a class of 0 to \(classes - 1)",
      at: "column y")
  }
}
