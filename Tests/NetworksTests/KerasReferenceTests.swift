// The networks' numbers against Keras's: outputs, losses, gradients, and weights after training.

import JSON
import Networks
import Tensor
import TensorFile
import Testing
import Training

@Suite struct KerasReferenceTests {
  /// Cases of outputs, losses and gradients.
  static func cases() throws -> [String] {
    try ["layers", "losses", "models", "options"].flatMap { try KerasCase.names($0) }
  }

  /// Cases of training.
  static func trainings() throws -> [String] {
    try ["training", "option_training", "fitting", "metrics"].flatMap { try KerasCase.names($0) }
  }

  @Test(arguments: try cases())
  func outputAndLoss(_ name: String) throws {
    let reference = try KerasCase(name)
    let trainer = try stillTrainer(reference, try reference.network(rows: try reference.rows))
    defer { trainer.close() }
    expectClose(trainer.predict(try reference.data), try reference.tensor("output"), "output")
    let loss = Float(trainer.evaluate(try reference.data).loss)
    expectClose([loss], try reference.tensor("loss"), "loss")
  }

  @Test(arguments: try cases())
  func gradients(_ name: String) throws {
    let reference = try KerasCase(name)
    let network = try KerasCase(withoutDropout: reference).network(rows: try reference.rows)
    try step(try stillTrainer(reference, network), try reference.data)
    for parameter in network.parameters {
      expectClose(parameter.gradientArray, try reference.tensor("grad.\(parameter.name)"), parameter.name)
    }
  }

  @Test(arguments: try cases())
  func inputGradient(_ name: String) throws {
    let reference = try KerasCase(name)
    guard let expected = reference.document.tensors["grad.input"] else { return }
    let network = try KerasCase(withoutDropout: reference).networkBehindIdentity()
    try step(try stillTrainer(reference, network), try reference.data)
    expectClose(network.layers[0].output.gradientArray(plan: network.plan), expected, "input")
  }

  @Test(arguments: try trainings())
  func weightsAfterTraining(_ name: String) throws {
    let reference = try KerasCase(name)
    let run = try KerasTraining(reference)
    try run.fit()
    for parameter in run.trainer.network.parameters {
      expectClose(
        parameter.array, try reference.tensor("after.\(parameter.name)"), parameter.name, within: 1e-4)
    }
    expectClose(
      run.trainer.predict(try reference.data), try reference.tensor("output"), "output", within: 1e-4)
    try expectHistory(run.history, try reference.json("history"))
  }

  // MARK: -

  /// A trainer that computes gradients and moves nothing.
  private func stillTrainer(_ reference: KerasCase, _ network: Network) throws -> Trainer {
    var optimizer = try OptimizerSpec(parsing: "sgd")
    optimizer.rate = .constant(0)
    let options = TrainerOptions(
      Objective(loss: try Loss(parsing: try reference.fact("loss"))), optimizer: optimizer,
      batchSize: network.rows, threads: 2)
    return try Trainer(network, options, targetWidths: [try reference.tensor("input.y").rowWidth])
  }

  /// One step on the whole batch.
  private func step(_ trainer: Trainer, _ data: DataSet) throws {
    defer { trainer.close() }
    var totals = RunningTotals(additionalSums: 0)
    trainer.step(data, Array(0..<data.rows), 0..<data.rows, into: &totals)
  }

  private func expectHistory(_ history: [String: [Double]], _ keras: JSONValue) throws {
    let expected = try #require(keras.object)
    #expect(history.keys.sorted() == expected.keys.sorted())
    for (key, values) in expected {
      let numbers = try #require(values.array).compactMap(\.double).map(Float.init)
      expectClose((history[key] ?? []).map(Float.init), Tensor(numbers), "history of \(key)", within: 1e-4)
    }
  }

  private func expectClose(_ values: [Float], _ keras: Tensor, _ what: String, within limit: Float = 1e-5) {
    let found = distance(values, keras.floats)
    #expect(found <= limit, "\(what) is \(found) off")
  }
}

extension KerasCase {
  /// The same case with all dropout rates zero, since Keras's gradients were taken so.
  init(withoutDropout reference: KerasCase) throws {
    var metadata = reference.document.metadata
    metadata["layers"] = try reference.fact("layers")
      .replacing(/dropout(1d)?\([0-9.]+\)/) { "dropout\($0.1 ?? "")(0)" }
      .replacing(/dropout=[0-9.]+/) { _ in "dropout=0" }
    document = SafetensorsDocument(tensors: reference.document.tensors, metadata: metadata)
  }

  /// The network behind a dense layer that changes nothing, whose output's gradient is the input's.
  func networkBehindIdentity() throws -> Network {
    let width = try tensor("input.x").shape[2]
    let identity = try LayerSpec.parse("dense(\(width))")
    let behind = try Architecture(
      layers: identity + (try architecture).layers, input: try architecture.input)
    let network = try Network(
      behind, rows: try rows, workers: 2, isTraining: true, keepsActivations: true)
    network.parameters[0].assign((0..<width * width).map { $0 % (width + 1) == 0 ? 1 : 0 })
    // Names are those of the network alone: there the identity doesn't count.
    let names = try self.network(rows: 1).parameters.map(\.name)
    for (parameter, name) in zip(network.parameters.dropFirst(2), names) {
      parameter.assign(try tensor(name).floats)
    }
    return network
  }
}

extension KerasCase {
  /// The training rows with the case's class weights, where it has them.
  fileprivate func weighted(_ data: DataSet, loss: Loss) throws -> DataSet {
    guard document.metadata["class_weight"] != nil else { return data }
    let weights = try #require(try json("class_weight").object).sorted { $0.key < $1.key }
    let text = weights.map { "\($0.key)=\($0.value.double ?? .nan)" }.joined(separator: ",")
    return try ClassWeights(parsing: text, names: [])
      .applied(to: data, loss: loss, classes: try #require(try architecture.shapes().last?.last))
  }
}

/// Training as the case's `fit` did it: batches in the file's order, the last rows for validation.
private final class KerasTraining {
  let trainer: Trainer
  private(set) var history: [String: [Double]] = [:]
  private let training: DataSet
  private let validation: DataSet?
  private let epochs: Int

  init(_ reference: KerasCase) throws {
    let options = TrainerOptions(
      Objective(
        loss: try Loss(parsing: try reference.fact("loss")),
        metrics: try #require(try reference.json("metrics").array).map {
          try Metric(parsing: $0.string ?? "")
        }),
      optimizer: try OptimizerSpec(parsing: try reference.fact("optimizer")),
      batchSize: try #require(try reference.json("batch_size").int), threads: 2)
    let data = try reference.data
    let split = try #require(try reference.json("validation_split").double)
    let rows = Int(Double(data.rows) * (1 - split))
    training = try reference.weighted(data.slice(0..<rows), loss: options.objective.terms[0].loss)
    validation = rows < data.rows ? data.slice(rows..<data.rows) : nil
    epochs = try #require(try reference.json("epochs").int)
    trainer = try Trainer(
      try reference.network(rows: options.batchSize), options, targetWidths: data.targets.map(\.width))
  }

  deinit { trainer.close() }

  func fit() throws {
    let order = Array(0..<training.rows)
    for _ in 0..<epochs {
      trainer.network.resetState()
      var totals = trainer.emptyTotals
      for start in stride(from: 0, to: training.rows, by: trainer.options.batchSize) {
        let range = start..<min(start + trainer.options.batchSize, training.rows)
        trainer.step(training, order, range, into: &totals)
      }
      note(totals, "")
      if let validation { note(trainer.evaluate(validation), "val_") }
    }
  }

  private func note(_ totals: RunningTotals, _ prefix: String) {
    for (name, value) in trainer.values(totals) { history[prefix + name, default: []].append(value) }
  }
}
