// The networks compared with Keras: outputs, losses, gradients, and weights after training.

import JSON
import Networks
import OptionSyntax
import Tensor
import TensorFile
import Testing
import Training

@Suite struct KerasReferenceTests {
  /// Cases of outputs, losses and gradients.
  static func cases() throws -> [String] {
    try ["layers", "losses", "models", "options", "graphs", "../cells", "../forecasters"].flatMap {
      try KerasCase.names($0)
    }
  }

  /// Cases of training.
  static func trainings() throws -> [String] {
    try ["training", "option_training", "fitting", "metrics", "graph_training"].flatMap {
      try KerasCase.names($0)
    }
  }

  @Test(arguments: try cases())
  func outputAndLoss(_ name: String) throws {
    let reference = try KerasCase(name)
    let trainer = try stillTrainer(reference, try reference.network(rows: try reference.rows))
    defer { trainer.close() }
    for (number, suffix) in try reference.outputSuffixes.enumerated() {
      let output = trainer.predict(try reference.data, output: number)
      expectClose(output, try reference.tensor("output\(suffix)"), "output\(suffix)")
    }
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
    let inputs = reference.document.tensors.keys.filter { $0.hasPrefix("grad.input") }.sorted()
    guard !inputs.isEmpty else { return }
    let network = try KerasCase(withoutDropout: reference).networkBehindIdentity()
    let given = try reference.data
    let order = try network.architecture.topology.inputs.map { input in
      try #require(try reference.topology.input(named: input.name))
    }
    let data = DataSet(
      rows: given.rows, inputs: order.map { given.inputs[$0] }, targets: given.targets, weights: given.weights
    )
    try step(try stillTrainer(reference, network), data)
    let identities = network.architecture.topology.nodes.indices.filter { node in
      network.architecture.topology.nodes[node].label?.hasPrefix("identity_") == true
    }
    for node in identities {
      let label = network.architecture.topology.nodes[node].label ?? ""
      let name = label == "identity_x" ? "grad.input" : "grad.input.\(label.dropFirst(9))"
      expectClose(
        network.layers[node].output.gradientArray(plan: network.plan), try reference.tensor(name), name)
    }
    #expect(identities.count == inputs.count)
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
    for (number, suffix) in try reference.outputSuffixes.enumerated() {
      let output = run.trainer.predict(try reference.data, output: number)
      expectClose(output, try reference.tensor("output\(suffix)"), "output\(suffix)", within: 1e-4)
    }
    try expectHistory(run.history, try reference.json("history"))
  }

  // MARK: -

  /// A trainer that computes gradients and changes no weights.
  private func stillTrainer(_ reference: KerasCase, _ network: Network) throws -> Trainer {
    var optimizer = try OptimizerSpec(parsing: "sgd")
    optimizer.rate = .constant(0)
    let options = TrainerOptions(
      try reference.objective, optimizer: optimizer, batchSize: network.rows, threads: 2)
    return try Trainer(network, options, targetWidths: try reference.data.targets.map(\.width))
  }

  /// One step on the whole batch.
  private func step(_ trainer: Trainer, _ data: DataSet) throws {
    defer { trainer.close() }
    var totals = trainer.emptyTotals
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
  /// The same case with all dropout rates zero, since Keras's gradients were computed that way.
  init(withoutDropout reference: KerasCase) throws {
    var metadata = reference.document.metadata
    metadata["layers"] = try reference.fact("layers")
      .replacing(/dropout(1d)?\([0-9.]+\)/) { "dropout\($0.1 ?? "")(0)" }
      .replacing(/dropout=[0-9.]+/) { _ in "dropout=0" }
    document = SafetensorsDocument(tensors: reference.document.tensors, metadata: metadata)
  }

  /// The network after identity dense layers, whose outputs' gradients are the inputs'.
  func networkBehindIdentity() throws -> Network {
    let architecture = try architecture
    let numbers = zip(architecture.topology.inputs, architecture.inputs).filter { !$0.1.isTokens }
    let vectors = numbers.filter(\.0.isVector).map { "\($0.0.name): input(vector)" }
    let identities = numbers.map { "identity_\($0.0.name): {\($0.0.name)} dense(\($0.1.width))" }
    let text = vectors + identities + (try statementsBehind(Set(numbers.map(\.0.name))))
    let topology = try Topology(parsing: text.joined(separator: "; "))
    let shapes = try topology.inputs.map { input in
      architecture.inputs[try #require(architecture.topology.input(named: input.name))]
    }
    let network = try Network(
      Architecture(topology, inputs: shapes), rows: try rows, workers: 2, isTraining: true,
      keepsActivations: true)
    for parameter in network.parameters.prefix(2 * numbers.count) where parameter.shape.count == 2 {
      let width = parameter.shape[0]
      parameter.assign((0..<width * width).map { $0 % (width + 1) == 0 ? 1 : 0 })
    }
    // Names are those of the network alone: there the identities don't count.
    let names = try self.network(rows: 1).parameters.map(\.name)
    for (parameter, name) in zip(network.parameters.dropFirst(2 * numbers.count), names) {
      parameter.assign(try tensor(name).floats)
    }
    return network
  }

  /// The statements, reading the identities of these inputs.
  private func statementsBehind(_ inputs: Set<String>) throws -> [String] {
    let statements = try CallStatement.parse(try fact("layers"), subject: "layers", example: "")
    func behind(_ name: String) -> String { inputs.contains(name) ? "identity_\(name)" : name }
    return statements.filter { $0.calls.first?.name != "input" }.map { statement in
      var statement = statement
      statement.name = statement.name ?? "output"
      let isReference = statement.calls.isEmpty
      statement.sources = (statement.sources.isEmpty ? ["x"] : statement.sources).map(behind)
      if isReference { return "\(statement)" }
      for (index, call) in statement.calls.enumerated() {
        for (number, argument) in call.arguments.enumerated() where argument.key == "initial_state" {
          let names =
            argument.value.word.map { [CallSyntax(name: $0)] }
            ?? { if case .group(let calls) = argument.value { calls } else { [] } }()
          statement.calls[index].arguments[number].value = .group(
            names.map { CallSyntax(name: behind($0.name)) })
        }
      }
      return "\(statement)"
    }
  }
}

extension KerasCase {
  /// The training rows with the case's class weights, if it has any.
  fileprivate func weighted(_ data: DataSet, loss: Loss) throws -> DataSet {
    guard document.metadata["class_weight"] != nil else { return data }
    let weights = try #require(try json("class_weight").object).sorted { $0.key < $1.key }
    let text = weights.map { "\($0.key)=\($0.value.double ?? .nan)" }.joined(separator: ",")
    return try ClassWeights(parsing: text, names: [])
      .applied(to: data, loss: loss, classes: try #require(try architecture.shapes().last?.last))
  }
}

/// Training as in the case's `fit`: batches in the file's order, the last rows for validation.
private final class KerasTraining {
  let trainer: Trainer
  private(set) var history: [String: [Double]] = [:]
  private let training: DataSet
  private let validation: DataSet?
  private let epochs: Int

  init(_ reference: KerasCase) throws {
    let options = TrainerOptions(
      try reference.objective,
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
