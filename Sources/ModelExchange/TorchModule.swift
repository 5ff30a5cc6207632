// The modules of a PyTorch state dict: tensors whose names share a prefix, from which the module's
// kind and sizes are inferred. Options that don't affect weights (an activation, an epsilon) are unknown.

import Failures
import Tensor

/// The kind and sizes of a module, or of one layer of a recurrent one, by its weights.
enum TorchUnit: Hashable {
  /// nn.RNN, nn.GRU or nn.LSTM by 1, 3 or 4 gates; the projection is nn.LSTM's proj_size, or 0.
  case recurrent(gates: Int, inputs: Int, units: Int, projection: Int, hasBias: Bool, isBidirectional: Bool)
  /// nn.Linear, `[units, inputs]`; without bias nn.Embedding too, `[tokens, width]`.
  case matrix(rows: Int, columns: Int, hasBias: Bool)
  /// nn.LayerNorm.
  case norm(width: Int, hasBias: Bool)
  /// nn.BatchNorm1d.
  case batchNorm(width: Int, isAffine: Bool)
}

extension TorchUnit: CustomStringConvertible {
  var description: String {
    switch self {
    case .recurrent(let gates, let inputs, let units, let projection, let hasBias, let isBidirectional):
      "nn.\(TorchUnit.names[gates] ?? "RNN")(\(inputs), \(units)"
        + (projection > 0 ? ", proj_size=\(projection)" : "") + (hasBias ? "" : ", bias=False")
        + (isBidirectional ? ", bidirectional=True)" : ")")
    case .matrix(let rows, let columns, true): "nn.Linear(\(columns), \(rows))"
    case .matrix(let rows, let columns, false):
      "nn.Embedding(\(rows), \(columns)) or nn.Linear(\(columns), \(rows), bias=False)"
    case .norm(let width, let hasBias): "nn.LayerNorm(\(width)\(hasBias ? "" : ", bias=False"))"
    case .batchNorm(let width, let isAffine): "nn.BatchNorm1d(\(width)\(isAffine ? "" : ", affine=False"))"
    }
  }

  private static let names = [1: "RNN", 3: "GRU", 4: "LSTM"]
}

/// One module of a state dict.
struct TorchModule {
  /// The prefix of its tensors' names, without the dot; may be empty.
  let prefix: String
  /// The tensors by their own names, such as `weight_ih_l0`.
  let tensors: [String: Tensor]
  /// The name of BatchNorm1d's number of batches, which matters only with momentum=None.
  static let counter = "num_batches_tracked"
  /// Its layers: one, except in multi-layer recurrent modules.
  let units: [TorchUnit]

  /// All modules of a state dict, by prefix.
  /// - Throws: `Failure` (data) if a tensor belongs to an unsupported kind of module.
  static func all(_ state: [String: Tensor]) throws -> [TorchModule] {
    var modules: [String: [String: Tensor]] = [:]
    for (key, tensor) in state {
      let dot = key.lastIndex(of: ".")
      let prefix = dot.map { String(key[..<$0]) } ?? ""
      let name = dot.map { String(key[key.index(after: $0)...]) } ?? key
      modules[prefix, default: [:]][name] = tensor
    }
    return try modules.sorted { $0.key < $1.key }.map { try TorchModule($0.key, $0.value) }
  }

  private init(_ prefix: String, _ tensors: [String: Tensor]) throws {
    self.prefix = prefix
    var tensors = tensors
    if tensors["running_mean"] != nil { tensors[TorchModule.counter] = nil }
    self.tensors = tensors
    for (name, tensor) in tensors where tensor.type.isInteger {
      throw TorchModule.unknown(prefix, "\(name) has an integer type")
    }
    if tensors["weight_ih_l0"] != nil {
      units = try TorchModule.recurrent(prefix, tensors)
    } else {
      units = [try TorchModule.batchNorm(prefix, tensors) ?? TorchModule.plain(prefix, tensors)]
    }
  }

  static func unknown(_ prefix: String, _ problem: String) -> Failure {
    .data(
      "the module '\(prefix)' isn't supported: \(problem)",
      remedy:
        "supported are nn.RNN, nn.LSTM, nn.GRU, nn.Embedding, nn.Linear, nn.LayerNorm and nn.BatchNorm1d")
  }

  private static func plain(_ prefix: String, _ tensors: [String: Tensor]) throws -> TorchUnit {
    guard let weight = tensors["weight"], Set(tensors.keys).isSubset(of: ["weight", "bias"]) else {
      throw unknown(prefix, "it has \(tensors.keys.sorted().joined(separator: ", "))")
    }
    let bias = tensors["bias"]
    guard bias.map({ $0.shape == [weight.rows] }) ?? true else {
      throw unknown(prefix, "its bias doesn't fit its weight")
    }
    switch weight.shape.count {
    case 1: return .norm(width: weight.shape[0], hasBias: bias != nil)
    case 2: return .matrix(rows: weight.shape[0], columns: weight.shape[1], hasBias: bias != nil)
    default: throw unknown(prefix, "its weight has the shape \(weight.shape)")
    }
  }

  /// Batch normalization; nil for another module.
  private static func batchNorm(_ prefix: String, _ tensors: [String: Tensor]) throws -> TorchUnit? {
    guard let mean = tensors["running_mean"] else { return nil }
    let isAffine = tensors["weight"] != nil
    let names = ["running_mean", "running_var"] + (isAffine ? ["weight", "bias"] : [])
    guard Set(tensors.keys) == Set(names), mean.shape.count == 1,
      tensors.values.allSatisfy({ $0.shape == mean.shape })
    else { throw unknown(prefix, "it has \(tensors.keys.sorted().joined(separator: ", "))") }
    return .batchNorm(width: mean.shape[0], isAffine: isAffine)
  }

  private static func recurrent(_ prefix: String, _ tensors: [String: Tensor]) throws -> [TorchUnit] {
    var units: [TorchUnit] = []
    var known: Set<String> = []
    while tensors["weight_ih_l\(units.count)"] != nil {
      let isBidirectional = tensors["weight_ih_l\(units.count)_reverse"] != nil
      let sides = ["l\(units.count)"] + (isBidirectional ? ["l\(units.count)_reverse"] : [])
      let found = try sides.map { try side($0, prefix, tensors, isBidirectional, &known) }
      guard Set(found).count == 1, let unit = found.first else {
        throw unknown(prefix, "its directions differ")
      }
      units.append(unit)
    }
    let rest = Set(tensors.keys).subtracting(known)
    guard rest.isEmpty else { throw unknown(prefix, "it has \(rest.sorted().joined(separator: ", "))") }
    return units
  }

  /// One direction of one layer.
  private static func side(
    _ side: String, _ prefix: String, _ tensors: [String: Tensor], _ isBidirectional: Bool,
    _ known: inout Set<String>
  ) throws -> TorchUnit {
    let projection = tensors["weight_hr_\(side)"]?.shape
    guard let input = tensors["weight_ih_\(side)"]?.shape, let state = tensors["weight_hh_\(side)"]?.shape,
      input.count == 2, state.count == 2, input[0] == state[0], state[1] > 0,
      case let units = projection.map({ $0.last ?? 0 }) ?? state[1], units > 0, state[0] % units == 0,
      [1, 3, 4].contains(state[0] / units), projection == nil || projection == [state[1], state[0] / 4]
    else { throw unknown(prefix, "weight_ih_\(side) and weight_hh_\(side) don't fit each other") }
    known.formUnion(["weight_ih_\(side)", "weight_hh_\(side)", "weight_hr_\(side)"])
    let biases = ["bias_ih_\(side)", "bias_hh_\(side)"].filter { tensors[$0] != nil }
    guard biases.count != 1, biases.allSatisfy({ tensors[$0]?.shape == [state[0]] }) else {
      throw unknown(prefix, "the biases of \(side) don't fit its weights")
    }
    known.formUnion(biases)
    return .recurrent(
      gates: state[0] / units, inputs: input[1], units: units, projection: projection == nil ? 0 : state[1],
      hasBias: !biases.isEmpty, isBidirectional: isBidirectional)
  }
}
