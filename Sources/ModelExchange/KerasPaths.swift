// Where Keras 3 puts a Sequential model's weights in a .weights.h5 file: `layers/`, then the layer's class in
// snake case, counted class by class (not the layer's name, which counts wrapped layers too), then what
// holds the arrays in the layer, then `vars/` and the array's number.

import Networks

/// The places of a network's weights in Keras's files.
struct KerasPaths {
  /// A weight and its place.
  struct Place {
    let weight: WeightedLayer.Weight
    let layer: String
    let path: String
  }

  private(set) var places: [Place] = []
  /// The groups that hold arrays, those without any too, and the names that Keras notes on them.
  private(set) var groups: [(path: String, name: String)] = [("vars", "sequential")]

  init(_ layers: [WeightedLayer]) {
    var counts: [String: Int] = [:]
    for layer in layers {
      let kind = snakeCase(layer.kind)
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      add(layer, at: "layers/" + (count == 0 ? kind : "\(kind)_\(count)"))
    }
  }

  private mutating func add(_ layer: WeightedLayer, at path: String) {
    groups.append(("\(path)/vars", layer.name))
    var numbers: [String: Int] = [:]
    for weight in layer.weights {
      let group = weight.holder.isEmpty ? path : "\(path)/\(weight.holder)"
      let number = numbers[group, default: 0]
      numbers[group] = number + 1
      if number == 0, group != path { addHolders(group, under: path, layer) }
      places.append(Place(weight: weight, layer: layer.name, path: "\(group)/vars/\(number)"))
    }
  }

  /// Notes the groups of a layer's cells and directions.
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
