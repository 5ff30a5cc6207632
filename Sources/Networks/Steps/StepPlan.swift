// A model as a chain of steps (Kernels/Steps): each layer adds what it computes at a step, in the order of the graph. Only
// chains of layers that have a step of their own are possible; others are refused by name.

import Failures
import Kernels
import Tensor
import TensorFile

/// A chain of steps that is being made of a model.
struct StepPlan {
  /// The current layer's name, and its weights by role.
  var name = ""
  var weights: [String: StepWeight] = [:]
  /// What the chain reads.
  var input: StepInput
  /// Whether steps with token 0 are masked.
  var masksZero = false
  var layers: [StepLayer] = []

  /// A matrix of the current layer.
  func matrix(_ role: String) throws -> StepMatrix {
    let weight = try weight(role)
    guard let shape = weight.tensor.shape.count == 2 ? weight.tensor.shape : nil else { throw refusal() }
    return StepMatrix(
      depth: shape[0], columns: shape[1], values: weight.tensor.floats, bytes: weight.bytes(columns: shape[1])
    )
  }

  /// A bias of the current layer, zeros if it has none.
  func bias(_ count: Int) -> [Float] {
    weights["bias"]?.tensor.floats ?? [Float](repeating: 0, count: count)
  }

  /// A weight of the current layer.
  func weight(_ role: String) throws -> StepWeight {
    guard let weight = weights[role] else {
      throw Failure.data("the model's layer \(name) has no weight \(role)")
    }
    return weight
  }

  /// What is thrown for a layer without a step.
  func refusal(_ what: String? = nil) -> Failure {
    Failure.usage(
      "--low-latency has no step for the layer \(name)\(what.map { ", which \($0)" } ?? "")",
      remedy: "omit it: --stream alone runs every network that goes forward")
  }
}

/// A weight, and how it is stored if not in single precision.
struct StepWeight {
  let tensor: Tensor
  var narrow: NarrowTensor?

  /// The bytes of a matrix, and the factors of its columns.
  fileprivate func bytes(columns: Int) -> (values: [Int8], factors: [Float])? {
    guard case .bytes(let values, let scale) = narrow, scale.shape == [1, columns] else { return nil }
    return (values, scale.floats)
  }
}

extension ModelFile {
  /// The model as a network for single steps with as little time as possible for each; see `LowLatencyNetwork`.
  ///
  /// - Throws: `Failure` (usage) if a layer has no such step, or the network isn't a chain; (data) if a weight is missing,
  ///   misshapen or not finite.
  public func lowLatencyNetwork() throws -> LowLatencyNetwork {
    let architecture = try architecture.streaming()
    let topology = architecture.topology
    var plan = StepPlan(input: .features(architecture.inputs[0].width))
    let layers = try architecture.weightedLayers()
    for (number, node) in topology.nodes.enumerated() {
      let layer = layers[node.layer]
      plan.name = layer.name
      guard node.inputs == [number == 0 ? .input(0) : .node(number - 1, output: 0)] else {
        throw plan.refusal("isn't part of a single chain")
      }
      plan.weights = try stepWeights(layer)
      try layer.layer.definition.addStep(to: &plan)
    }
    guard topology.outputs[0].source == .node(topology.nodes.count - 1, output: 0), !plan.layers.isEmpty
    else {
      throw Failure.usage(
        "--low-latency needs a chain of layers, and this network isn't one",
        remedy: "omit it: --stream alone runs every network that goes forward")
    }
    return LowLatencyNetwork(StepChain(plan.input, plan.layers), plan)
  }

  private func stepWeights(_ layer: WeightedLayer) throws -> [String: StepWeight] {
    let own = try layer.byRole(weights) { $0.shape }
    for (role, tensor) in own where !tensor.floats.areAllFinite {
      throw Failure.data(
        "the weight \(layer.name).\(role) holds numbers that are not finite (NaN or an infinity)",
        remedy: "use a model from before its training diverged")
    }
    let names = Dictionary(layer.weights.map { ($0.role, $0.name) }) { first, _ in first }
    return Dictionary(
      uniqueKeysWithValues: own.map { role, tensor in
        (role, StepWeight(tensor: tensor, narrow: names[role].flatMap { header.narrow[$0] }))
      })
  }
}
