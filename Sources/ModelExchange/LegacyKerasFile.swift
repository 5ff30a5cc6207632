// HDF5 files in Keras's older format: whole models (model.save('m.h5') of Keras 2, and still of Keras 3) and Keras 2's
// weights. A group for each layer has its weights under the names that its attribute `weight_names` lists; the layers'
// order is that of the attribute `layer_names`, and in whole models the attribute `model_config` is Keras's JSON.

import Failures
import HDF5
import JSON
import Networks
import Tensor

/// A file in the older format.
struct LegacyKerasFile {
  private let file: HDF5File
  /// The group that has the layers' groups.
  private let root: String
  /// Keras's JSON of the layers, with what was compiled; nil if the file has only weights.
  let configuration: JSONValue?

  /// Nil if the file has another format; throws `Failure` (data) if it is damaged.
  init?(_ file: HDF5File) throws {
    self.file = file
    root = file.groups.contains("model_weights") ? "model_weights" : ""
    guard try file.texts("layer_names", of: root) != nil else { return nil }
    configuration = try Self.configuration(file)
  }

  private static func configuration(_ file: HDF5File) throws -> JSONValue? {
    guard let text = try file.texts("model_config", of: "")?.first,
      var members = try JSONValue(parsing: text).object
    else { return nil }
    // The key `module` distinguishes the JSON of Keras 3 from that of Keras 2.
    let isNew = try file.texts("keras_version", of: "")?.first?.hasPrefix("3") ?? false
    if isNew, members["module"] == nil { members["module"] = "keras" }
    members["compile_config"] = try file.texts("training_config", of: "")?.first.map {
      try JSONValue(parsing: $0)
    }
    return .object(members)
  }

  /// The paths of each layer's weights, in order, without layers that have none.
  func paths() throws -> [(layer: String, weights: [String])] {
    try (file.texts("layer_names", of: root) ?? []).compactMap { layer in
      let group = root.isEmpty ? layer : "\(root)/\(layer)"
      let names = try file.texts("weight_names", of: group) ?? []
      return names.isEmpty ? nil : (layer, names.map { "\(group)/\($0)" })
    }
  }

  /// An array's shape; nil if there is none at that path.
  func shape(_ path: String) -> [Int]? { file.arrays[path]?.shape }

  /// An array's numbers.
  func floats(_ path: String) throws -> [Float] { try file.floats(path) }
}

extension ForeignWeights {
  /// The weights of a file in the older format; like Keras, by the order of layers and weights.
  init(_ file: LegacyKerasFile, for architecture: Architecture) throws {
    let found = try file.paths()
    let layers = try ForeignWeights.ordered(architecture, file).filter { !$0.weights.isEmpty }
    guard found.map(\.weights.count) == layers.map(\.weights.count) else {
      throw Failure.data(
        "the file has weights for \(ForeignWeights.list(found.map { ($0.layer, $0.weights.count) })), the network needs "
          + ForeignWeights.list(layers.map { ($0.name, $0.weights.count) }),
        remedy: "use the layers that its weights were saved with")
    }
    var (weights, moves): ([String: Tensor], [WeightMove]) = ([:], [])
    for (layer, entry) in zip(layers, found) {
      // Keras lists trainable weights first, unless the whole layer is frozen.
      let listed = layer.weights.filter(\.isTrainable) + layer.weights.filter { !$0.isTrainable }
      for (weight, path) in zip(listed, entry.weights) {
        guard let shape = file.shape(path), shape == weight.shape else {
          throw Failure.data(
            "\(path) has the shape \(file.shape(path).map { "\($0)" } ?? "of no array"), but \(weight.name) is "
              + "\(weight.shape)", remedy: "use the layers that its weights were saved with")
        }
        weights[weight.name] = Tensor(try file.floats(path), shape: shape)
        moves.append(WeightMove(source: path, layer: layer.name, form: "\(weight.role) \(shape)"))
      }
    }
    (self.weights, self.moves) = (weights, moves)
  }

  /// The network's layers in the file's order.
  private static func ordered(_ architecture: Architecture, _ file: LegacyKerasFile) throws -> [WeightedLayer]
  {
    let (layers, topology) = (try architecture.weightedLayers(), architecture.topology)
    if topology.isChain { return layers }
    let known = try file.configuration.flatMap { try KerasConfig(json: $0).order(of: topology) }
    return (known ?? topology.kerasOrder).compactMap { entry in
      if case .layer(let number) = entry { layers[number] } else { nil }
    }
  }

  private static func list(_ layers: [(name: String, weights: Int)]) -> String {
    layers.isEmpty ? "no layer" : layers.map { "\($0.name) (\($0.weights))" }.joined(separator: ", ")
  }
}
