// Where Keras 3 puts a model's weights in a .weights.h5 file: `layers/`, then the layer's class in snake case,
// numbered class by class in Keras's order of layers (not the layer's name, which counts wrapped layers too), then the
// object within the layer that has the arrays, then `vars/` and the array's number.

import Networks

/// The paths of a network's weights in Keras's files.
struct KerasPaths {
  /// A weight and its path.
  struct Entry {
    let weight: WeightedLayer.Weight
    let layer: String
    let path: String
  }

  private(set) var entries: [Entry] = []
  /// The groups for arrays, including empty ones, and the names that Keras gives them as attributes.
  private(set) var groups: [(path: String, name: String)]

  /// - Parameter order: inputs and layers in the file's order; nil for the one in which Keras would write them.
  init(_ architecture: Architecture, order: [Topology.KerasEntry]? = nil) throws {
    let layers = try architecture.weightedLayers()
    let topology = architecture.topology
    groups = [("vars", topology.isChain ? "sequential" : "functional")]
    let names = architecture.kerasLayerNames.map(\.name)
    let order = topology.isChain ? layers.indices.map { .layer($0) } : order ?? topology.kerasOrder
    var counts: [String: Int] = [:]
    func path(_ kind: String) -> String {
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      return "layers/" + (count == 0 ? kind : "\(kind)_\(count)")
    }
    for entry in order {
      switch entry {
      case .input(let number): groups.append(("\(path("input_layer"))/vars", topology.inputs[number].name))
      case .identity(let number): groups.append(("\(path("identity"))/vars", topology.outputs[number].name))
      case .layer(let number):
        add(layers[number], named: names[number], at: path(snakeCase(layers[number].kind)))
      }
    }
  }

  private mutating func add(_ layer: WeightedLayer, named name: String, at path: String) {
    groups.append(("\(path)/vars", name))
    var numbers: [String: Int] = [:]
    for weight in layer.weights {
      let group = weight.holder.isEmpty ? path : "\(path)/\(weight.holder)"
      let number = numbers[group, default: 0]
      numbers[group] = number + 1
      if number == 0, group != path { addHolders(group, under: path, layer) }
      entries.append(Entry(weight: weight, layer: layer.name, path: "\(group)/vars/\(number)"))
    }
  }

  /// Adds the groups of a layer's cells and directions.
  private mutating func addHolders(_ group: String, under path: String, _ layer: WeightedLayer) {
    guard let recurrent = layer.layer.directions.first else {
      groups.append(("\(group)/vars", layer.wrappedNames.first ?? layer.name))
      return
    }
    let parts = group.dropFirst(path.count + 1).split(separator: "/")
    if parts.count == 2 {
      let direction = parts[0].prefix { $0 != "_" }
      groups.append(("\(path)/\(parts[0])/vars", "\(direction)_\(layer.wrappedNames.first ?? layer.name)"))
    }
    groups.append(("\(group)/vars", "\(snakeCase(recurrent.kind))_cell"))
  }
}

/// A class's name in snake case, as Keras forms it: `SimpleRNN` is `simple_rnn`.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var previous: Character = "_"
  for character in name {
    if character.isUppercase, previous.isLowercase { result += "_" }
    result += character.lowercased()
    previous = character
  }
  return result
}
