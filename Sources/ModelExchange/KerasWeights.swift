// Weights in Keras 3's .weights.h5 files, to and from rnnpipe's names. The layouts and the order of gates are
// the same, so arrays are copied unchanged.

import Failures
import HDF5
import Networks
import Tensor

/// Weights from a file of another program.
public struct ForeignWeights: Sendable {
  /// The weights under the names of model files.
  public let weights: [String: Tensor]
  /// What went where, layer by layer.
  public let moves: [WeightMove]
}

extension ForeignWeights {
  /// The weights of a `.weights.h5` file for a network of these layers.
  ///
  /// Shapes are compared before an array is read, so that a file can't ask for memory.
  /// - Parameter order: inputs and layers in the file's order; nil for the one in which Keras would write them.
  /// - Throws: `Failure` (data) if the file is damaged, has another format, or has other layers.
  public init(
    kerasWeights bytes: [UInt8], for architecture: Architecture, order: [Topology.KerasEntry]? = nil
  ) throws {
    try self.init(kerasWeights: HDF5File(bytes), for: architecture, order: order)
  }

  /// The weights of an HDF5 file in either of Keras's formats.
  init(hdf5 file: HDF5File, for architecture: Architecture) throws {
    if let legacy = try LegacyKerasFile(file) {
      try self.init(legacy, for: architecture)
    } else {
      try self.init(kerasWeights: file, for: architecture, order: nil)
    }
  }

  private init(
    kerasWeights file: HDF5File, for architecture: Architecture, order: [Topology.KerasEntry]?
  ) throws {
    let root = try ForeignWeights.root(file)
    let entries = try KerasPaths(architecture, order: order).entries.map { entry in
      (entry, root + entry.path.dropFirst("layers".count))
    }
    for (entry, path) in entries { try ForeignWeights.check(file.arrays[path], path, entry) }
    try ForeignWeights.refuseRest(file, root, known: Set(entries.map(\.1)))
    var weights: [String: Tensor] = [:]
    for (entry, path) in entries {
      weights[entry.weight.name] = Tensor(try file.floats(path), shape: entry.weight.shape)
    }
    self.weights = weights
    moves = entries.map { entry, path in
      WeightMove(source: path, layer: entry.layer, form: "\(entry.weight.role) \(entry.weight.shape)")
    }
  }

  /// The group that holds the layers.
  private static func root(_ file: HDF5File) throws -> String {
    for root in ["layers", "_layer_checkpoint_dependencies"] where file.groups.contains(root) { return root }
    if file.groups.contains("model_weights") {
      throw Failure.data(
        "this is a whole model in the older .h5 format, without the names of its layers",
        remedy: "convert it with Keras 3: keras.models.load_model('old.h5').save('new.keras')")
    }
    throw Failure.data(
      "the HDF5 file has no group 'layers', so it is not a .weights.h5 file of Keras 3",
      remedy: "write it with model.save_weights('NAME.weights.h5')")
  }

  private static func check(_ array: HDF5Array?, _ path: String, _ entry: KerasPaths.Entry) throws {
    guard let array else {
      throw Failure.data(
        "the file has no \(path) for \(entry.weight.name)",
        remedy: "use the layers that its weights were saved with")
    }
    guard array.shape == entry.weight.shape else {
      throw Failure.data(
        "\(path) has the shape \(array.shape), but \(entry.weight.name) is \(entry.weight.shape)",
        remedy: "use the layers that its weights were saved with")
    }
  }

  /// Leftover weights mean that the layers differ; the state of a random number generator isn't a weight.
  private static func refuseRest(_ file: HDF5File, _ root: String, known: Set<String>) throws {
    let rest = file.arrays.keys.filter {
      $0.hasPrefix("\(root)/") && !known.contains($0) && !$0.contains("/seed_generator/")
    }
    guard let first = rest.min() else { return }
    throw Failure.data(
      "the file has \(first), which belongs to no layer of the network",
      remedy: "use the layers that its weights were saved with")
  }
}

/// A `.weights.h5` file of a model's weights, as Keras 3 would write it.
public func kerasWeights(_ model: ModelFile) throws -> [UInt8] {
  let paths = try KerasPaths(model.architecture)
  let file = HDF5Builder()
  for group in paths.groups { file.add(group: group.path, name: group.name) }
  for entry in paths.entries {
    guard let weight = model.weights[entry.weight.name], weight.shape == entry.weight.shape else {
      throw Failure.data("the model's weight \(entry.weight.name) is missing or has another shape")
    }
    file.add(array: entry.path, shape: weight.shape, weight.floats)
  }
  return file.encoded
}
