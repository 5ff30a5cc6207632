// A model of characters trained on one text in parallel streams, its states carried along, as Keras trains it.

import JSON
import Networks
import Tensor
import Testing
import Training

@Suite struct DocumentReferenceTests {
  /// The windows of a text's tokens in the order of the text, with the next tokens as targets.
  private func windows(_ tokens: [Int32], _ length: Int) -> DataSet {
    let rows = (tokens.count - 1) / length
    return DataSet(
      rows: rows, input: .tokens(Array(tokens[..<(rows * length)])),
      targets: tokens[1..<rows * length + 1].map(Float.init), targetWidth: length)
  }

  @Test func trainingAndValidationAreKeras() throws {
    let reference = try KerasCase("document/training")
    let length = try #require(reference.json("length").int)
    let batch = try #require(reference.json("batch_size").int)
    let texts = try ["train", "validation"].map { name in
      windows(try #require(reference.tensor("input.\(name)").values(as: Int32.self)), length)
    }
    let architecture = try Architecture(
      layers: LayerSpec.parse(reference.fact("layers")), input: .tokens(steps: length))
    let network = try Network(architecture, rows: batch, workers: 2, isTraining: true)
    for parameter in network.parameters { parameter.assign(try reference.tensor(parameter.name).floats) }
    let trainer = try Trainer(
      network,
      TrainerOptions(
        try reference.objective, optimizer: OptimizerSpec(parsing: reference.fact("optimizer")),
        batchSize: batch,
        threads: 2), targetWidths: [length])
    defer { trainer.close() }
    var options = FitOptions(epochs: try #require(reference.json("epochs").int))
    (options.isContinuous, options.shuffles) = (true, false)
    let fit = try Fit(trainer, options, training: texts[0], validation: texts[1])
    _ = try fit.run(Unobserved())
    for parameter in network.parameters {
      expectClose(parameter.array, try reference.tensor("after.\(parameter.name)"), parameter.name)
    }
    for (key, values) in try #require(try reference.json("history").object) {
      let found = fit.state.history.epochs.map { Float($0.values[key] ?? .nan) }
      expectClose(found, Tensor((values.array ?? []).map { Float($0.double ?? .nan) }), key)
    }
  }

  private func expectClose(_ found: [Float], _ wanted: Tensor, _ name: String) {
    #expect(distance(found, wanted.floats) < 1e-4, "\(name)")
  }

  private struct Unobserved: FitObserver {
    func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { true }
    func epochDone(_ epoch: History.Epoch, _ state: TrainingState) {}
  }
}
