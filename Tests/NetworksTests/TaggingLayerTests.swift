// The layers of taggers compared with pytorch-crf and Keras (fixtures/tagging), and with sums over all paths in double
// precision.

import Foundation
import Networks
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct TaggingLayerTests {
  /// A file of fixtures/tagging.
  private struct Fixture {
    let document: SafetensorsDocument

    init(_ name: String) throws {
      let folder = KerasCase.folder.deletingLastPathComponent().appendingPathComponent("tagging")
      let bytes = try Data(contentsOf: folder.appendingPathComponent("\(name).safetensors"))
      document = try SafetensorsDocument(parsing: Array(bytes))
    }

    func tensor(_ name: String) throws -> Tensor { try #require(document.tensors[name], "no \(name)") }
    func integers(_ name: String) throws -> [Int32] {
      try #require(try tensor(name).values(as: Int32.self), "\(name) is not I32")
    }

    /// A trainer of a network with the weights of the file, which computes gradients and changes nothing.
    func trainer(_ topology: Topology, _ input: ValueShape, _ loss: Loss, width: Int) throws -> Trainer {
      let rows = try tensor("input").rows
      let network = try Network(
        Architecture(topology, inputs: [input]), rows: rows, workers: 2, isTraining: true)
      for parameter in network.parameters { parameter.assign(try tensor("weight.\(parameter.name)").floats) }
      var optimizer = try OptimizerSpec(parsing: "sgd")
      optimizer.rate = .constant(0)
      let options = TrainerOptions(
        Objective(loss: loss, metrics: []), optimizer: optimizer, batchSize: rows, threads: 2)
      return try Trainer(network, options, targetWidths: [width])
    }

    /// Compares the loss and all gradients.
    func compare(_ trainer: Trainer, _ data: DataSet) throws {
      let loss = Float(trainer.evaluate(data).loss)
      #expect(distance([loss], try tensor("loss").floats) < 1e-5)
      var totals = trainer.emptyTotals
      trainer.step(data, Array(0..<data.rows), 0..<data.rows, into: &totals)
      for parameter in trainer.network.parameters {
        let found = distance(parameter.gradientArray, try tensor("grad.\(parameter.name)").floats)
        #expect(found < 1e-5, "\(parameter.name) is \(found) off")
      }
    }
  }

  @Test("loss, gradients and best paths of a field are pytorch-crf's")
  func field() throws {
    let fixture = try Fixture("crf")
    let x = try fixture.tensor("input")
    let trainer = try fixture.trainer(
      try Topology(parsing: "masking dense(5) crf"), .sequence(steps: 9, width: 4), .crf, width: 9)
    defer { trainer.close() }
    let data = DataSet(
      rows: x.rows, input: .features(x.floats), targets: try fixture.integers("targets").map(Float.init),
      targetWidth: 9)
    try fixture.compare(trainer, data)
    let outputs = trainer.predict(data)
    let paths = try fixture.integers("paths")
    for (place, label) in paths.enumerated() {
      let own = outputs[place * 5..<(place + 1) * 5]
      let isMasked = x.floats[place * 4..<(place + 1) * 4].allSatisfy { $0 == 0 }
      #expect(own.reduce(0, +) == (isMasked ? 0 : 1))
      #expect(isMasked || own[own.startIndex + Int(label)] == 1)
    }
  }

  @Test("vectors of words, and their gradients, are Keras's")
  func characters() throws {
    let fixture = try Fixture("characters")
    let x = try fixture.tensor("input")
    let trainer = try fixture.trainer(
      try Topology(parsing: "out: {chars} word_characters(9,4,lstm(3)) dense(2)"),
      .characters(steps: 6, length: 5), .meanSquaredError, width: 12)
    defer { trainer.close() }
    let data = DataSet(
      rows: x.rows, input: .tokens(try fixture.integers("input")),
      targets: try fixture.tensor("targets").floats, targetWidth: 12)
    try fixture.compare(trainer, data)
    #expect(distance(trainer.predict(data), try fixture.tensor("output").floats) < 1e-5)
  }

  /// A field over masked rows, with the loss as a sum over all paths.
  private struct AllPaths {
    let (rows, steps, labels): (Int, Int, Int)
    var emissions: [Double]
    var weights: [String: [Double]]
    let targets: [Int]
    let mask: [Bool]
    let rowWeights: [Double]

    /// The mean loss of an unmasked step.
    var loss: Double {
      let total = (0..<rows).reduce(0.0) { $0 + rowWeights[$1] * loss(row: $1) }
      return total / Double(mask.count { $0 })
    }

    private func loss(row: Int) -> Double {
      let places = (row * steps..<(row + 1) * steps).filter { mask[$0] }
      guard !places.isEmpty else { return 0 }
      var total = 0.0
      var path = places.map { _ in 0 }
      repeat { total += exp(score(path, places)) } while next(&path)
      return log(total) - score(places.map { targets[$0] }, places)
    }

    /// The next path; false after the last one.
    private func next(_ path: inout [Int]) -> Bool {
      for index in path.indices {
        path[index] += 1
        if path[index] < labels { return true }
        path[index] = 0
      }
      return false
    }

    private func weight(_ role: String, _ index: Int) -> Double { weights["crf.\(role)"]?[index] ?? .nan }

    private func score(_ path: [Int], _ places: [Int]) -> Double {
      var sum = weight("start_transitions", path[0]) + weight("end_transitions", path[path.count - 1])
      for (index, place) in places.enumerated() {
        sum += emissions[place * labels + path[index]]
        if index > 0 { sum += weight("transitions", path[index - 1] * labels + path[index]) }
      }
      return sum
    }
  }

  @Test("gradients of a field are differences, wherever steps are masked", arguments: 0..<12)
  func fieldGradients(seed: Int) throws {
    var random = RandomStream(seed: UInt64(seed))
    let (rows, steps, labels) = (
      1 + random.index(below: 9), 1 + random.index(below: 5), 2 + random.index(below: 3)
    )
    // The input is the field's emissions: one weight for each, by an identity.
    let network = try Network(
      Architecture(
        Topology(parsing: "masking dense(\(labels),use_bias=false) crf"),
        inputs: [.sequence(steps: steps, width: labels)]), rows: rows, workers: 1, isTraining: true)
    var reference = AllPaths(
      rows: rows, steps: steps, labels: labels, emissions: [], weights: [:],
      targets: (0..<rows * steps).map { _ in random.index(below: labels) },
      mask: (0..<rows * steps).map { _ in random.index(below: 4) > 0 },
      rowWeights: (0..<rows).map { _ in Double(random.index(below: 3)) })
    for parameter in network.parameters {
      let values = (0..<parameter.count).map {
        Float(parameter.name == "dense.kernel" ? ($0 % (labels + 1) == 0 ? 1 : 0) : random.normal())
      }
      parameter.assign(values)
      reference.weights[parameter.name] = values.map(Double.init)
    }
    let x = reference.mask.flatMap { isIncluded in
      (0..<labels).map { _ in isIncluded ? Float(random.normal()) : 0 }
    }
    reference.emissions = x.map(Double.init)
    let data = DataSet(
      rows: rows, input: .features(x), targets: reference.targets.map(Float.init), targetWidth: steps,
      weights: reference.rowWeights.map(Float.init))
    var optimizer = try OptimizerSpec(parsing: "sgd")
    optimizer.rate = .constant(0)
    let trainer = try Trainer(
      network, TrainerOptions(Objective(loss: .crf, metrics: []), optimizer: optimizer, batchSize: rows),
      targetWidths: [steps])
    defer { trainer.close() }
    guard reference.mask.contains(true) else { return }
    #expect(abs(trainer.evaluate(data).loss - reference.loss) < 1e-5 * max(1, reference.loss))
    var totals = trainer.emptyTotals
    trainer.step(data, Array(0..<rows), 0..<rows, into: &totals)
    for parameter in network.parameters where parameter.name != "dense.kernel" {
      for (index, gradient) in parameter.gradientArray.enumerated() {
        var (up, down) = (reference, reference)
        up.weights[parameter.name]?[index] += 1e-5
        down.weights[parameter.name]?[index] -= 1e-5
        #expect(abs(Double(gradient) - (up.loss - down.loss) / 2e-5) < 1e-4, "\(parameter.name)")
      }
    }
  }

  @Test("the loss crf and the layer crf belong together")
  func pairing() throws {
    let shape = ValueShape.sequence(steps: 3, width: 2)
    for (layers, loss) in [("dense(2) crf", "mse"), ("dense(2,softmax)", "crf")] {
      let network = try Network(
        Architecture(Topology(parsing: layers), inputs: [shape]), rows: 2, workers: 1, isTraining: true)
      let options = TrainerOptions(
        Objective(loss: try Loss(parsing: loss), metrics: []), optimizer: try OptimizerSpec(parsing: "sgd"),
        batchSize: 2)
      #expect(throws: (any Error).self) { try Trainer(network, options, targetWidths: [3]) }
    }
  }
}
