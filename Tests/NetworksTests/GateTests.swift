// Gates compared with NumPy's (fixtures/gates/make.py), and with the states that they make.

import Foundation
import Kernels
import Networks
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct GateTests {
  private static let folder = KerasCase.folder.deletingLastPathComponent().appendingPathComponent("gates")

  private static func cases() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".safetensors") }
      .sorted()
  }

  @Test func `gates agree with the reference`() throws {
    let cases = try Self.cases()
    #expect(cases.count == 10)
    for name in cases {
      let bytes = try Data(contentsOf: Self.folder.appendingPathComponent(name))
      let document = try SafetensorsDocument(parsing: Array(bytes))
      let x = try #require(document.tensors["input.x"])
      let run = try GateRun(
        try #require(document.metadata["layers"]), .sequence(steps: x.shape[1], width: x.shape[2]),
        rows: x.rows
      ) { document.tensors[$0]?.floats }
      let gates = run.gates(.features(x.floats))
      let expected = document.tensors.filter { $0.key.hasPrefix("gate.") }
      #expect(Set(gates.map(\.name)) == Set(expected.keys.map { String($0.dropFirst(5)) }), "\(name)")
      for gate in gates {
        let values = try #require(document.tensors["gate.\(gate.name)"]?.floats)
        #expect(distance(gate.values, values) < 1e-5, "\(name), \(gate.name)")
      }
    }
  }

  /// Layers of 5, 20 and 33 units: less than a vector, and a last vector that overlaps the one before.
  @Test(
    arguments: ["lstm", "peephole_lstm", "projected", "slstm", "gru", "min_gru", "min_lstm"], [5, 20, 33])
  func `the memory is what the gates make of it`(kind: String, units: Int) throws {
    let layer = kind == "projected" ? "lstm(\(units),proj_size=3" : "\(kind)(\(units)"
    var random = RandomStream(seed: 3, stream: UInt64(units))
    let run = try GateRun(
      layer + ",return_sequences)", .sequence(steps: 6, width: 3), rows: 11, weights: { _ in nil })
    let x = (0..<198).map { _ in Float(random.normal()) }
    let gates = Dictionary(run.gates(.features(x)).map { ($0.name, $0.values) }) { first, _ in first }
    let rule = try #require(run.layer.memoryRule)
    let candidate = try #require(gates["g"] ?? gates["z"])
    let memory = try #require(gates["c"] ?? gates["h"])
    let (keep, add) = try Self.factors(rule, gates)
    for place in memory.indices {
      let isFirst = place / units % 6 == 0
      let before: Float = isFirst ? 0 : memory[place - units]
      let kept: Float = keep[place] * before
      let added: Float = add[place] * candidate[place]
      #expect(abs(memory[place] - kept - added) < 2e-6, "value \(place)")
    }
  }

  /// k and a of m_t = k m_{t-1} + a g.
  private static func factors(
    _ rule: MemoryRule, _ gates: [String: [Float]]
  ) throws -> (keep: [Float], add: [Float]) {
    func rest(_ values: [Float]) -> [Float] { values.map { 1 - $0 } }
    let keep = rule.keep.flatMap { gates[$0] }
    let add = rule.add.flatMap { gates[$0] }
    if let keep { return (keep, add ?? rest(keep)) }
    let only = try #require(add)
    return (rest(only), only)
  }

  /// Row by row, up to three zeros before other ids.
  private static func id(_ place: Int) -> Int32 {
    let (row, step) = place.quotientAndRemainder(dividingBy: 5)
    return step < row % 4 ? 0 : Int32(1 + place % 8)
  }

  @Test func `both directions, masks and shards`() throws {
    let run = try GateRun(
      "embedding(9,4,mask_zero) bidirectional(lstm(4)) dense(1)", .tokens(steps: 5), rows: 20
    ) { _ in nil }
    #expect(run.network.recurrentNames == ["bidirectional.forward", "bidirectional.backward"])
    let ids = (0..<100).map(Self.id)
    _ = run.gates(.tokens(ids))
    for layer in run.network.recurrentLayers {
      #expect(layer.maskArray(plan: run.network.plan) == ids.map { $0 != 0 })
      #expect(layer.gates(plan: run.network.plan).map(\.name) == ["i", "f", "g", "o", "h", "c"])
    }
  }

  @Test func `a layer without gates has none`() throws {
    let run = try GateRun("simple_rnn(4)", .sequence(steps: 2, width: 1), rows: 1) { _ in nil }
    #expect(!run.layer.hasGates)
    #expect(run.layer.memoryRule == nil)
  }
}

/// A network whose gates can be read, on one thread.
private struct GateRun {
  let network: Network
  private let rows: Int

  var layer: RecurrentLayer { network.recurrentLayers[0] }

  /// - Parameter weights: the values of a weight; random ones if nil.
  init(_ layers: String, _ input: ValueShape, rows: Int, weights: (String) -> [Float]?) throws {
    self.rows = rows
    let architecture = try Architecture(layers: LayerSpec.parse(layers), input: input)
    network = try Network(architecture, rows: rows, workers: 1, isTraining: true, keepsGates: true)
    var random = RandomStream(seed: 5, stream: 0)
    for parameter in network.parameters {
      parameter.assign(
        weights(parameter.name) ?? (0..<parameter.count).map { _ in Float(0.5 * random.normal()) })
    }
  }

  func gates(_ input: DataSet.Input) -> [GateValues] {
    let pass = Pass(isTraining: false, hasBackward: true)
    for layer in network.layers { layer.prepare(pass) }
    network.begin(rows: rows)
    let shards = (0..<network.plan.count).map { network.plan.shard($0, worker: 0) }
    for shard in shards {
      switch input {
      case .tokens(let ids): network.load(tokens: ids, Array(0..<rows), first: 0, shard)
      case .features(let values): network.load(features: values, Array(0..<rows), first: 0, shard)
      }
    }
    network.beginSharedWork(pass)
    for wave in 0..<network.sharedWaves {
      for part in shards.indices { network.project(wave: wave, part: part, worker: 0, pass) }
    }
    for shard in shards { network.forward(shard, pass) }
    return layer.gates(plan: network.plan)
  }
}
