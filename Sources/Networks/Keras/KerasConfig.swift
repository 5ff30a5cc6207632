// A network in Keras's JSON: what `model.to_json()` writes and `keras.models.model_from_json` reads, and
// what `config.json` in a .keras file is. Both Keras 3's form and that of tf.keras 2 can be read.

import Failures
import JSON
import TensorFile

/// A Keras `Sequential` or Functional model without its weights.
public struct KerasConfig: Sendable, Equatable {
  /// The layers and their connections.
  public let topology: Topology
  /// The shape of one row of each input if the file has it, `[steps]` or `[steps, features]`; nil for a size
  /// that it leaves undefined.
  public let inputShapes: [[Int?]?]
  /// The batch size that the inputs were built for; nil for any.
  public let batchSize: Int?
  /// Keras's names of the outputs.
  public let outputNames: [String]
  /// Inputs and layers in the file's order, by which the arrays of its weights are numbered.
  public let order: [Topology.KerasEntry]
  /// The layers.
  public var layers: [LayerSpec] { topology.layers }
  /// The shape of one row of the first input.
  public var inputShape: [Int?]? { inputShapes[0] }

  /// Reads a model's JSON; throws `Failure` (data) if it is another kind of model, or has a layer, an option or a
  /// connection that rnnpipe doesn't support.
  public init(json: JSONValue) throws {
    guard let kind = json["class_name"]?.string, let config = json["config"] else {
      throw Failure.data("is not a Keras model", remedy: "model.to_json() writes one")
    }
    batchSize = Self.batchSize(config["layers"]?.array ?? config.array ?? [])
    if ["Functional", "Model"].contains(kind) {
      let model = try KerasFunctional(config)
      (topology, inputShapes) = (model.topology, model.inputShapes)
      (outputNames, order) = (model.outputNames, model.order)
      if json["module"] == nil {
        try checkOldFunctions()
        try checkOldMasks()
      }
      return
    }
    guard kind == "Sequential" else {
      throw Failure.data(
        "the model is a \(kind), neither Sequential nor Functional",
        remedy: "build it in one of these forms")
    }
    guard let layers = config["layers"]?.array ?? config.array else {
      throw Failure.data("the model has no layers", remedy: "write the file with Keras's model.to_json()")
    }
    inputShapes = [Self.inputShape(layers, config)]
    outputNames = [layers.last?["config"]?["name"]?.string ?? ""]
    topology = Topology(
      chain: try layers.filter { !["InputLayer", "Identity"].contains($0["class_name"]) }
        .map(LayerSpec.init(kerasLayer:)))
    order = topology.kerasOrder
    guard !topology.layers.isEmpty else { throw Failure.data("the model has no layers") }
    if json["module"] == nil { try checkOldFunctions() }
  }

  /// Reads the text of a model's JSON.
  public init(text: String) throws { try self.init(json: JSONValue(parsing: text)) }

  private static func inputShape(_ layers: [JSONValue], _ config: JSONValue) -> [Int?]? {
    let first = layers.first?["config"]
    let shape = first?["batch_shape"] ?? first?["batch_input_shape"] ?? config["build_input_shape"]
    return shape?.array.map { $0.dropFirst().map(\.int) }
  }

  private static func batchSize(_ layers: [JSONValue]) -> Int? {
    layers.lazy.compactMap { layer in
      (layer["config"]?["batch_shape"] ?? layer["config"]?["batch_input_shape"])?.array?.first?.int
    }.first
  }

  /// The order of the layers in the file's arrays, if known; else nil.
  public func order(of other: Topology) -> [Topology.KerasEntry]? {
    let isSame =
      topology.layers.map(\.frozen) == other.layers.map(\.frozen) && topology.nodes.count == other.nodes.count
      && zip(topology.nodes, other.nodes).allSatisfy { $0.layer == $1.layer && $0.inputs == $1.inputs }
    return isSame ? order : nil
  }

  /// In Keras 2 a recurrent layer with an initial state also skipped masked steps; in Keras 3 it doesn't.
  private func checkOldMasks() throws {
    for node in topology.nodes where node.inputs.count > 1 {
      let layer = topology.layers[node.layer]
      guard !layer.directions.isEmpty, topology.isMasked(node.inputs[0]) else { continue }
      throw Failure.data(
        "the file is from Keras 2, where \(layer.name) with an initial state skips masked steps",
        remedy: "Keras 3 doesn't: train the model again, in Keras 3 or without mask_zero")
    }
  }

  /// Keras 2's hard_sigmoid was a different function from Keras 3's, which rnnpipe implements.
  private func checkOldFunctions() throws {
    guard layers.contains(where: { $0.description.contains("hard_sigmoid") }) else { return }
    throw Failure.data(
      "the file is from Keras 2, whose hard_sigmoid is a different function",
      remedy: "train it again, in Keras 3 or with sigmoid instead")
  }

  /// Throws `Failure` (data) if the input's shape differs from the file's.
  public func check(_ inputs: [ValueShape]) throws {
    for (input, shape) in zip(inputs, inputShapes) { try check(input, shape) }
  }

  private func check(_ input: ValueShape, _ inputShape: [Int?]?) throws {
    let found = input.extents
    guard let inputShape else { return }
    let fits = inputShape.count == found.count && zip(inputShape, found).allSatisfy { $0 == nil || $0 == $1 }
    guard fits else {
      let wanted = inputShape.map { $0.map(String.init) ?? "any" }.joined(separator: " x ")
      let given = found.map(String.init).joined(separator: " x ")
      throw Failure.data(
        "the model reads rows of \(wanted), the stream has rows of \(given)",
        remedy: "cut or pad the rows to that length, or remove the input's shape from the file")
    }
  }
}

extension Architecture {
  /// The network as a Keras model, which `keras.models.model_from_json` reads: a chain as `Sequential`, a graph as
  /// Functional. Layers have the names that Keras would give them in a fresh session.
  ///
  /// - Parameter rows: the batch size, which Keras needs if a layer is stateful; nil means 1.
  public func kerasConfig(rows: Int? = nil) -> JSONValue {
    let rows = rows ?? (isStateful ? 1 : nil)
    guard topology.isChain else { return kerasFunctional(rows: rows) }
    let batch = rows.map { JSONValue.integer(Int64($0)) } ?? .null
    let shape = JSONValue.array([batch] + input.extents.map { .integer(Int64($0)) })
    let type: JSONValue = input.isTokens ? "int32" : "float32"
    let first = JSONValue.kerasObject(
      "keras.layers", "InputLayer",
      ["batch_shape": shape, "dtype": type, "sparse": false, "ragged": false, "name": "input_layer"])
    return .kerasObject(
      "keras", "Sequential",
      [
        "name": "sequential", "trainable": true,
        "dtype": .kerasObject("keras", "DTypePolicy", ["name": "float32"]),
        "layers": .array([first] + zip(layers, names).map { $0.keras($1) }), "build_input_shape": shape,
      ])
  }
}
