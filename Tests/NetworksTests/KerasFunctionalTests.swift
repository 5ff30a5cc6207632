// Keras's JSON of Functional models, and the order of their layers, compared with files written by Keras
// (fixtures/keras/configs.py, orders.py, keras2.py).

import Failures
import Foundation
import JSON
import Networks
import Testing

@Suite struct KerasFunctionalTests {
  /// A graph in Keras's JSON and as a layers string.
  struct Graph: CustomTestStringConvertible, Sendable {
    let name: String
    let text: String
    var testDescription: String { name }
  }

  static func graphs() throws -> [Graph] {
    let file = KerasCase.folder.appendingPathComponent("graphs.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let parts = line.split(separator: " ", maxSplits: 1)
      return Graph(name: String(parts[0]), text: String(parts[1]))
    }
  }

  private static func config(_ name: String) throws -> KerasConfig {
    let file = KerasCase.folder.appendingPathComponent("configs/\(name).json")
    return try KerasConfig(json: JSONValue(parsing: Array(try Data(contentsOf: file))))
  }

  /// What each output is computed from: every layer with its options and its position in Keras's order.
  private static func expressions(_ topology: Topology) -> [String] {
    let order = topology.kerasOrder
    func expression(_ source: Topology.Source) -> String {
      switch source {
      case .input(let number): return topology.inputs[number].name
      case .node(let number, let output):
        let node = topology.nodes[number]
        let position = order.firstIndex(of: .layer(node.layer)) ?? -1
        let inputs = node.inputs.map(expression).joined(separator: ", ")
        // return_state follows from the output that is read.
        let layer = topology.layers[node.layer].description.replacing(",return_state", with: "")
        return "\(position):\(layer)[\(output)](\(inputs))"
      }
    }
    return topology.outputs.map { expression($0.source) }
  }

  @Test(arguments: try graphs()) func filesFromKerasAreRead(_ graph: Graph) throws {
    let config = try Self.config(graph.name)
    #expect(Self.expressions(config.topology) == Self.expressions(try Topology(parsing: graph.text)))
  }

  @Test(arguments: try graphs()) func writtenFilesAreRead(_ graph: Graph) throws {
    let config = try Self.config(graph.name)
    let topology = try Topology(parsing: graph.text)
    let inputs = try topology.inputs.map { input in
      let number = try #require(config.topology.inputs.firstIndex { $0.name == input.name })
      return try Self.shape(config.inputShapes[number], input)
    }
    let read = try KerasConfig(json: Architecture(topology, inputs: inputs).kerasConfig())
    #expect(zip(inputs, read.inputShapes).allSatisfy { $0.extents == $1?.compactMap { $0 } })
    #expect(Self.expressions(read.topology) == Self.expressions(config.topology))
  }

  private static func shape(_ sizes: [Int?]?, _ input: Topology.Input) throws -> ValueShape {
    let sizes = try #require(sizes).compactMap { $0 }
    if input.isVector { return .vector(width: sizes[0]) }
    return sizes.count == 1 ? .tokens(steps: sizes[0]) : .sequence(steps: sizes[0], width: sizes[1])
  }

  /// The same model in other forms of Keras's files.
  @Test(arguments: [
    ("functional_lists", "own_name: lstm(2);"),
    (
      "functional_positional",
      "l: lstm(3,return_state); g: {x} gru(3,initial_state={l.h}); m: {x} lstm(3,initial_state={l.h l.c}); "
        + "add: {g m} add;"
    ),
    ("functional_one_state", "g: gru(3,return_state); s: {x} simple_rnn(3,initial_state={g.h});"),
    (
      "functional_dicts",
      "a: input(vector); b: input(vector); j: {a b} concatenate; first: {j} dense(1); second: {j} dense(2); "
        + "outputs: {first second};"
    ),
  ]) func otherForms(_ name: String, _ text: String) throws {
    let read = try Self.config(name).topology
    #expect(Self.expressions(read) == Self.expressions(try Topology(parsing: text)))
  }

  /// Versions of Keras before 3 use other keys for calls and input shapes.
  @Test(arguments: ["functional_keras2_12", "functional_keras2_15"]) func theOldForm(_ name: String) throws {
    let text = """
      ids: {source} embedding(9,3); encoder: {ids} lstm(4,return_state); words: {target} shared(ids); \
      decoder: {words} lstm(4,return_sequences,initial_state={encoder.state}); \
      wrapped: {decoder} time_distributed(dense(4,tanh)); summed: {decoder wrapped} add; \
      both: {summed} bidirectional(gru(2,return_state)); \
      again: {summed} bidirectional(gru(2),initial_state={both.state}); \
      kind: {both again both.backward_h} concatenate dense(3,softmax);
      """
    let config = try Self.config(name)
    #expect(Self.expressions(config.topology) == Self.expressions(try Topology(parsing: text)))
    #expect(config.inputShapes == [[6], [5]])
  }

  @Test(arguments: [
    (
      "functional_own_mask",
      "the layer GRU is called with an explicit mask (remove it: masks come from mask_zero and Masking)"
    ),
    (
      "functional_operator",
      "the layer lstm (LSTM) reads the result of the operation Add (use a layer instead, such as layers.Add)"
    ),
    (
      "functional_nested",
      "the layer inner (Functional) isn't supported (docs/model.md lists the supported layers)"
    ),
  ]) func unsupportedFeaturesAreRejected(_ name: String, _ message: String) throws {
    let failure = #expect(throws: Failure.self) { try Self.config(name) }
    #expect(failure?.kind == .data)
    #expect(failure?.description == message)
  }

  @Test func callsNeedAnInput() throws {
    let text = """
      {"class_name": "Functional", "config": {"layers": [{"class_name": "Dense", "name": "d",
      "config": {"units": 2}, "inbound_nodes": [{"args": [], "kwargs": {}}]}],
      "input_layers": [], "output_layers": ["d", 0, 0]}}
      """
    let failure = #expect(throws: Failure.self) { try KerasConfig(text: text) }
    #expect(failure?.description == "the layer d is called without an input")
  }

  /// Graphs, and the layers with weights in the order of Keras's files.
  static func orders() throws -> [Graph] {
    let file = KerasCase.folder.appendingPathComponent("orders.txt")
    let blocks = try String(contentsOf: file, encoding: .utf8).split(separator: "\n\n").dropFirst()
    return blocks.map { block in
      let lines = block.split(separator: "\n")
      return Graph(name: String(lines[1]), text: String(lines[0]))
    }
  }

  @Test(arguments: try orders()) func orderIsKerass(_ graph: Graph) throws {
    let topology = try Topology(parsing: graph.text)
    let inputs = topology.inputs.map { input -> ValueShape in
      if input.isVector { return .vector(width: 4) }
      return input.name.hasPrefix("t") ? .tokens(steps: 6) : .sequence(steps: 6, width: 4)
    }
    let layers = try Architecture(topology, inputs: inputs).weightedLayers()
    let names = topology.kerasOrder.compactMap { entry -> String? in
      guard case .layer(let number) = entry, !layers[number].weights.isEmpty else { return nil }
      return layers[number].name
    }
    #expect(names.joined(separator: " ") == graph.name)
  }
}
