// Weights of PyTorch state dicts, to and from rnnpipe's names.
//
//   nn.RNN, nn.LSTM   W_ih [gates*H, F], W_hh [gates*H, H], two biases    kernel = W_ih^T, bias = b_ih + b_hh
//                     gates i f g o, which Keras calls i f c o
//   nn.LSTM(proj_size=P)  W_hh [4*H, P], W_hr [P, H]                  recurrent_kernel [P, 4*H], projection = W_hr^T
//   nn.GRU            gates r z n, Keras's are z r h; both biases stay     gru.bias = [b_ih, b_hh]
//   nn.Linear         weight [units, F]                                   kernel = weight^T
//   nn.Embedding      weight [tokens, width]                              embeddings = weight
//   nn.LayerNorm      weight, bias                                        gamma, beta
//   nn.BatchNorm1d    the same, running_mean, running_var                 moving_mean, moving_variance
//
// In the other direction, the second bias of RNN and LSTM is zero.

import Failures
import Networks
import Tensor
import TensorFile

extension ForeignWeights {
  /// The weights of a state dict for a network of these layers.
  /// - Parameter pins: modules that the user chose for layers, by the layers' names.
  /// - Throws: `Failure` if a module or a layer is left over, or the assignment is ambiguous.
  public init(
    torchState state: [String: Tensor], for architecture: Architecture, pins: [String: String] = [:]
  ) throws {
    let plan = try TorchPlan(try architecture.weightedLayers(), TorchModule.all(state), pins: pins)
    var weights: [String: Tensor] = [:]
    for pair in plan.pairs { weights.merge(pair.imported) { $1 } }
    self.weights = weights
    moves = plan.pairs.map { pair in
      let source = pair.module.prefix + (pair.module.units.count > 1 ? " (layer \(pair.number))" : "")
      return WeightMove(source: source, layer: pair.layer.name, form: "\(pair.unit)")
    }
  }
}

/// A state dict of a model's weights: a module for each layer, under the layer's name; or the modules and
/// names of another state dict, so that the network it belongs to can load it.
/// - Parameters:
///   - like: the other state dict.
///   - pins: its modules that the user chose for layers, by the layers' names.
/// - Throws: `Failure`: PyTorch has no such layer (data), or the other's modules are not the model's.
public func torchState(
  _ model: ModelFile, like: [String: Tensor]? = nil, pins: [String: String] = [:]
) throws -> SafetensorsDocument {
  let layers = try model.architecture.weightedLayers()
  let plan = try like.map { try TorchPlan(layers, TorchModule.all($0), pins: pins) }
  let targets =
    try plan?.pairs.map { ($0.layer, $0.module.prefix, $0.number) }
    ?? layers.filter { !$0.weights.isEmpty }.map { layer in
      _ = try TorchUnit(layer)
      return (layer, layer.name, 0)
    }
  var state: [String: Tensor] = [:]
  for (layer, prefix, number) in targets {
    let counter = prefix.isEmpty ? TorchModule.counter : "\(prefix).\(TorchModule.counter)"
    if let count = like?[counter] { state[counter] = count }
    for part in TorchPart.all(layer, number: number) {
      for (key, tensor) in try part.exported(model.weights) {
        state[prefix.isEmpty ? key : "\(prefix).\(key)"] = tensor
      }
    }
  }
  return SafetensorsDocument(tensors: state, metadata: ["format": "pt"])
}

extension TorchPlan.Pair {
  /// The layer's weights, from the module's.
  fileprivate var imported: [String: Tensor] {
    TorchPart.all(layer, number: number).reduce(into: [:]) { $0.merge($1.imported(module.tensors)) { $1 } }
  }
}

/// A part of a layer whose weights PyTorch stores separately: a direction, or all of it.
private enum TorchPart {
  case direction(kernel: Weight, state: Weight, bias: Weight?, projection: Weight?, suffix: String)
  case linear(kernel: Weight, bias: Weight?)
  case plain([(weight: Weight, key: String)])

  typealias Weight = WeightedLayer.Weight

  /// - Parameter number: which layer of a recurrent module.
  static func all(_ layer: WeightedLayer, number: Int) -> [TorchPart] {
    let sides = [("", ""), ("forward.", ""), ("backward.", "_reverse")]
    let directions = sides.compactMap { role, suffix -> TorchPart? in
      guard let kernel = layer.weight("\(role)kernel"), let state = layer.weight("\(role)recurrent_kernel")
      else { return nil }
      return .direction(
        kernel: kernel, state: state, bias: layer.weight("\(role)bias"),
        projection: layer.weight("\(role)projection"), suffix: "l\(number)\(suffix)")
    }
    if !directions.isEmpty { return directions }
    if let kernel = layer.weight("kernel") { return [.linear(kernel: kernel, bias: layer.weight("bias"))] }
    let roles = [
      ("embeddings", "weight"), ("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"),
      ("moving_variance", "running_var"),
    ]
    return [.plain(roles.compactMap { role, key in layer.weight(role).map { ($0, key) } })]
  }

  /// The weights under rnnpipe's names; shapes were compared when the module was chosen.
  func imported(_ tensors: [String: Tensor]) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    func take(_ weight: Weight?, _ key: String, _ change: ([Float]) -> [Float] = { $0 }) {
      guard let weight, let tensor = tensors[key] else { return }
      result[weight.name] = Tensor(change(tensor.floats), shape: weight.shape)
    }
    switch self {
    case .direction(let kernel, let state, let bias, let projection, let suffix):
      let gates = kernel.shape[1] / (projection ?? state).shape[0]
      take(projection, "weight_hr_\(suffix)") { transposed($0, columns: projection?.shape[0] ?? 0) }
      take(kernel, "weight_ih_\(suffix)") { transposed(gatesSwapped($0, gates), columns: kernel.shape[0]) }
      take(state, "weight_hh_\(suffix)") { transposed(gatesSwapped($0, gates), columns: state.shape[0]) }
      let second = tensors["bias_hh_\(suffix)"]?.floats ?? []
      take(bias, "bias_ih_\(suffix)") { joinedBiases($0, second, gates) }
    case .linear(let kernel, let bias):
      take(kernel, "weight") { transposed($0, columns: kernel.shape[0]) }
      take(bias, "bias")
    case .plain(let weights): for entry in weights { take(entry.weight, entry.key) }
    }
    return result
  }

  /// PyTorch's tensors from rnnpipe's weights.
  func exported(_ weights: [String: Tensor]) throws -> [String: Tensor] {
    func values(_ weight: Weight) throws -> [Float] {
      guard let tensor = weights[weight.name], tensor.shape == weight.shape else {
        throw Failure.data("the model's weight \(weight.name) is missing or has another shape")
      }
      return tensor.floats
    }
    func turned(_ weight: Weight, gates: Int) throws -> Tensor {
      let turned = gatesSwapped(transposed(try values(weight), columns: weight.shape[1]), gates)
      return Tensor(turned, shape: weight.shape.reversed())
    }
    switch self {
    case .direction(let kernel, let state, let bias, let projection, let suffix):
      let gates = kernel.shape[1] / (projection ?? state).shape[0]
      var result = [
        "weight_ih_\(suffix)": try turned(kernel, gates: gates),
        "weight_hh_\(suffix)": try turned(state, gates: gates),
      ]
      if let projection { result["weight_hr_\(suffix)"] = try turned(projection, gates: 1) }
      if let bias {
        let (first, second) = partedBiases(try values(bias), gates)
        result["bias_ih_\(suffix)"] = Tensor(first)
        result["bias_hh_\(suffix)"] = Tensor(second)
      }
      return result
    case .linear(let kernel, let bias):
      var result = ["weight": try turned(kernel, gates: 1)]
      if let bias { result["bias"] = Tensor(try values(bias)) }
      return result
    case .plain(let entries):
      return try entries.reduce(into: [:]) { result, entry in
        result[entry.key] = Tensor(try values(entry.weight), shape: entry.weight.shape)
      }
    }
  }
}

/// The transpose of a matrix with rows of `columns`.
private func transposed(_ values: [Float], columns: Int) -> [Float] {
  let rows = columns == 0 ? 0 : values.count / columns
  var result = [Float](repeating: 0, count: values.count)
  for row in 0..<rows {
    for column in 0..<columns { result[column * rows + row] = values[row * columns + column] }
  }
  return result
}

/// A GRU's gates with the first two swapped; all else unchanged.
private func gatesSwapped(_ values: [Float], _ gates: Int) -> [Float] {
  guard gates == 3 else { return values }
  let size = values.count / 3
  return Array(values[size..<2 * size] + values[..<size] + values[(2 * size)...])
}

/// Keras's bias from PyTorch's two.
private func joinedBiases(_ input: [Float], _ state: [Float], _ gates: Int) -> [Float] {
  gates == 3 ? gatesSwapped(input, 3) + gatesSwapped(state, 3) : zip(input, state).map { $0 + $1 }
}

/// PyTorch's two biases from Keras's.
private func partedBiases(_ bias: [Float], _ gates: Int) -> ([Float], [Float]) {
  guard gates == 3 else { return (bias, [Float](repeating: 0, count: bias.count)) }
  let half = bias.count / 2
  return (gatesSwapped(Array(bias[..<half]), 3), gatesSwapped(Array(bias[half...]), 3))
}
