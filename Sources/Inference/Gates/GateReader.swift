// The gates of a recurrent layer over the steps of a model's rows: forward passes of a network for training, which keeps
// them. Padding and masked steps are left out.

import Failures
import Networks
import Sequences
import Spelling
import Tensor
import TensorFile
import Training

/// Reads the gates of a recurrent layer for the rows of a stream.
public final class GateReader {
  /// The name of the layer.
  public let layerName: String
  private static let rowsAtOnce = 32

  private let model: LoadedModel
  private let reading: ModelInputs
  private let runner: PassRunner
  private let layer: RecurrentLayer
  private let rows: Int
  /// The id of padding.
  private let padding: Int32

  /// - Parameters:
  ///   - layer: the layer's name, as rnn-inspect shows it; a direction of a bidirectional one ends with `.forward` or
  ///     `.backward`.
  ///   - chunk: a chunk with the shape of all rows.
  /// - Throws: `Failure` (usage) if there is no such layer, or it has no gates; `Failure` (data) if the rows don't fit the
  ///   model.
  public init(_ model: LoadedModel, layer name: String, like chunk: Chunk, threads: Int) throws {
    guard model.distribution == nil else {
      throw Failure.usage("the model predicts distributions", at: "--gates", remedy: "omit it")
    }
    (self.model, layerName) = (model, name)
    padding = Int32(exactly: model.padding?.value ?? 0) ?? TokenRules.paddingID
    reading = try ModelInputs(model, like: chunk, targets: nil)
    rows =
      model.file.architecture.isStateful
      ? model.file.batchSize ?? 1 : min(Self.rowsAtOnce, max(1, chunk.rows))
    let network = try Network(
      model.file.architecture.with(inputs: reading.shapes), rows: rows, workers: threads, isTraining: true,
      keepsGates: true)
    try network.assign(model.file.weights)
    layer = try Self.layer(name, of: network)
    // A pass before a backward pass stores the gates; without training, it has no dropout.
    runner = PassRunner(network, threads: threads, pass: Pass(isTraining: false, hasBackward: true))
  }

  private static func layer(_ name: String, of network: Network) throws -> RecurrentLayer {
    let names = network.recurrentNames
    guard let index = names.firstIndex(of: name) else {
      let known = zip(names, network.recurrentLayers).filter { $1.hasGates }.map(\.0)
      throw Failure.usage(
        "the model has no recurrent layer \(name)", at: "--gates",
        remedy: known.isEmpty
          ? "none of its layers has gates"
          : suggestion(for: name, among: known, listedAs: "its layers with gates are:"))
    }
    let layer = network.recurrentLayers[index]
    guard layer.hasGates else {
      throw Failure.usage("the layer \(name) has no gates", at: "--gates", remedy: "choose another layer")
    }
    guard layer.readsWholeRows else {
      throw Failure.usage(
        "the layer \(name) reads each channel of a row by itself", at: "--gates",
        remedy: "choose another layer")
    }
    return layer
  }

  /// The header of the gates of rows with this one.
  public func header(for input: StreamHeader) -> StreamHeader {
    var header = model.predictionHeader(for: input)
    GateColumns(
      layer: layerName, names: layer.gateNames, goesBackwards: layer.options.goBackwards,
      keep: layer.memoryRule?.keep, add: layer.memoryRule?.add
    ).write(into: &header)
    ListColumns(["tokens"]).write(into: &header)
    return header
  }

  /// The gates of a chunk's rows, with their columns `y` and `split`.
  /// - Parameter firstRow: the index of its first row in the input, for messages.
  public func read(_ chunk: Chunk, firstRow: Int) throws -> Chunk {
    let inputs = try reading.inputs(CheckedColumns(chunk, firstRow: firstRow))
    let data = data(DataSet(rows: chunk.rows, inputs: inputs, targets: []))
    var result = GateRows(tokens: tokens(of: data), padding: padding)
    for start in stride(from: 0, to: data.rows, by: rows) {
      let batch = start..<min(start + rows, data.rows)
      load(data, batch)
      runner.run()
      result.append(
        layer.gates(plan: runner.network.plan), layer.maskArray(plan: runner.network.plan), rows: batch)
    }
    var columns = result.columns(labels: model.vocabulary)
    for name in ["y", "split"] { columns[name] = chunk.columns[name] }
    let gates = Chunk(columns, rows: chunk.rows)
    if let value = result.invalid {
      throw Failure.data(
        "row \(firstRow + value.row): gate \(value.name) of \(layerName) is not a number",
        remedy: "check whether its values are far outside those that the model was trained on")
    }
    return gates
  }

  /// What the network reads.
  private func data(_ given: DataSet) -> DataSet { model.relative?.differences(given) ?? given }

  private func load(_ data: DataSet, _ batch: Range<Int>) {
    var load = PassRunner.RowLoad(order: Array(batch))
    for (number, input) in data.inputs.enumerated() {
      switch input {
      case .tokens(let ids): load.tokens.append((number, ids))
      case .features(let values): load.features.append((number, values))
      }
    }
    runner.begin(load)
  }

  /// The ids that the layer's steps belong to; nil if the rows are no tokens, or the layer has other steps.
  private func tokens(of data: DataSet) -> [Int32]? {
    let steps = layer.steps
    for (input, shape) in zip(data.inputs, reading.shapes) {
      if case .tokens(let ids) = input, shape.steps == steps, ids.count == steps * data.rows { return ids }
    }
    return nil
  }
}
