// Which module of a PyTorch state dict belongs to which layer. A state dict in safetensors has no order, so
// kinds and shapes decide; interchangeable modules are distinguished by the numbers in their names, or by the user.

import Failures
import Networks

/// One layer and the module with its weights.
struct TorchPlan {
  /// A pairing.
  struct Pair {
    let layer: WeightedLayer
    let unit: TorchUnit
    let module: TorchModule
    /// Which layer of a recurrent module.
    let number: Int
  }

  /// In the layers' order.
  let pairs: [Pair]

  /// - Parameter pins: modules that the user chose for layers, by the layers' names.
  /// - Throws: `Failure`: a layer or a module is left over (data), or more than one pairing is possible.
  init(_ layers: [WeightedLayer], _ modules: [TorchModule], pins: [String: String]) throws {
    let slots = try layers.filter { !$0.weights.isEmpty }.map { ($0, try TorchUnit($0)) }
    try TorchPlan.check(pins, slots.map(\.0), modules)
    var search = TorchSearch(units: slots.map(\.1), modules: modules)
    search.pinned = slots.map { pins[$0.0.name] }
    guard let order = try search.only(describing: slots.map(\.0)) else {
      throw TorchPlan.mismatch(slots, modules)
    }
    pairs = zip(slots, order).map { slot, assignment in
      Pair(layer: slot.0, unit: slot.1, module: modules[assignment.module], number: assignment.number)
    }
  }

  private static func check(
    _ pins: [String: String], _ layers: [WeightedLayer], _ modules: [TorchModule]
  ) throws {
    for (layer, module) in pins.sorted(by: { $0.key < $1.key }) {
      guard layers.contains(where: { $0.name == layer }) else {
        let names = layers.map(\.name).joined(separator: ", ")
        throw Failure.usage(
          "there is no layer \(layer) with weights", at: "--module", remedy: "the layers are \(names)")
      }
      guard modules.contains(where: { $0.prefix == module }) else {
        let names = modules.map(\.prefix).joined(separator: ", ")
        throw Failure.usage(
          "there is no module \(module)", at: "--module", remedy: "the modules are \(names)")
      }
    }
  }

  /// The error that lists what the network needs and what the file has, if they don't match.
  private static func mismatch(_ slots: [(WeightedLayer, TorchUnit)], _ modules: [TorchModule]) -> Failure {
    let has = modules.map { module in
      "\(module.prefix): \(module.units.map(\.description).joined(separator: " + "))"
    }
    let needs = slots.map { "\($0.name): \($1)" }
    return .data(
      "its modules don't match the layers: it has \(has.joined(separator: "; ")), the network needs "
        + needs.joined(separator: "; "), remedy: "use the layers that its weights were saved with")
  }
}

extension TorchUnit {
  /// The PyTorch equivalent of a layer.
  /// - Throws: `Failure` (data) if PyTorch has no such layer.
  init(_ layer: WeightedLayer) throws {
    guard layer.layer.isInKeras else {
      throw Failure.data("PyTorch has no equivalent of \(layer.name) (\(layer.layer.name))")
    }
    let isBidirectional = layer.weight("forward.kernel") != nil
    let side = isBidirectional ? "forward." : ""
    if let kernel = layer.weight("\(side)kernel"), let state = layer.weight("\(side)recurrent_kernel") {
      try TorchUnit.refuseOptions(layer)
      let projection = layer.weight("\(side)projection")?.shape
      let units = projection?[0] ?? state.shape[0]
      self = .recurrent(
        gates: state.shape[1] / units, inputs: kernel.shape[0], units: units, projection: projection?[1] ?? 0,
        hasBias: layer.weight("\(side)bias") != nil, isBidirectional: isBidirectional)
    } else if let table = layer.weight("embeddings") {
      self = .matrix(rows: table.shape[0], columns: table.shape[1], hasBias: false)
    } else if let kernel = layer.weight("kernel"), kernel.shape.count == 3 {
      throw Failure.data(
        "the layer \(layer.name) is a convolution, which isn't exchanged with PyTorch",
        remedy: "use .keras, .weights.h5 or rnnpipe's own safetensors")
    } else if let kernel = layer.weight("kernel") {
      self = .matrix(
        rows: kernel.shape[1], columns: kernel.shape[0], hasBias: layer.weight("bias") != nil)
    } else if let mean = layer.weight("moving_mean") {
      guard (layer.weight("gamma") == nil) == (layer.weight("beta") == nil) else {
        throw Failure.data(
          "the layer \(layer.name) has only one of gamma and beta; PyTorch's BatchNorm1d has both or neither",
          remedy: "use .keras, .weights.h5 or rnnpipe's own safetensors")
      }
      self = .batchNorm(width: mean.shape[0], isAffine: layer.weight("gamma") != nil)
    } else if let gamma = layer.weight("gamma") {
      self = .norm(width: gamma.shape[0], hasBias: layer.weight("beta") != nil)
    } else {
      throw Failure.data("PyTorch has no equivalent of \(layer.name) (\(layer.kind))")
    }
  }

  /// PyTorch's recurrent layers have fixed activations, one form of GRU, and equal options in both directions.
  private static func refuseOptions(_ layer: WeightedLayer) throws {
    let obstacle =
      layer.layer.directions.lazy.compactMap(obstacle).first
      ?? (layer.layer.directions.first?.options.goBackwards == true ? "go_backwards" : nil)
      ?? (haveDirectionsAlike(layer) ? nil : "directions with different options")
    guard let obstacle else { return }
    throw Failure.data("the layer \(layer.name) has \(obstacle), which PyTorch doesn't support")
  }

  private static func obstacle(_ layer: LayerSpec.Direction) -> String? {
    let options = layer.options
    switch layer.kind {
    case "SimpleRNN":
      let isKnown = options.activation == .tanh || options.activation == .relu
      return isKnown ? nil : "activation \(options.activation.rawValue)"
    case "GRU" where !options.resetAfter: return "reset_after=false"
    default:
      let isKnown = options.activation == .tanh && options.recurrentActivation == .sigmoid
      return isKnown ? nil : "activations other than tanh and sigmoid"
    }
  }

  private static func haveDirectionsAlike(_ layer: WeightedLayer) -> Bool {
    let shapes = ["forward.", "backward."].map { side in
      layer.weights.filter { $0.role.hasPrefix(side) }.map(\.shape)
    }
    return shapes[0] == shapes[1] && Set(layer.layer.directions.map(\.kind)).count == 1
  }
}
