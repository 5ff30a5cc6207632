// A network as Keras's JSON has it: what `model.to_json()` writes and `keras.models.model_from_json` reads, and
// what `config.json` in a .keras file is. Read are Keras 3's form and that of tf.keras 2.

import Failures
import JSON
import TensorFile

/// A Keras `Sequential` without its weights.
public struct KerasConfig: Sendable, Equatable {
  /// The layers and their connections.
  public let topology: Topology
  /// The shape of one row of each input where the file tells it, `[steps]` or `[steps, features]`; nil for a size
  /// that it leaves open.
  public let inputShapes: [[Int?]?]
  /// The layers.
  public var layers: [LayerSpec] { topology.layers }
  /// The shape of one row of the first input.
  public var inputShape: [Int?]? { inputShapes[0] }

  /// Reads a model's JSON; throws `Failure` (data) where it is no `Sequential` or has a layer or an option that
  /// rnnpipe doesn't have.
  public init(json: JSONValue) throws {
    guard let kind = json["class_name"]?.string, let config = json["config"] else {
      throw Failure.data("is no Keras model", remedy: "model.to_json() writes one")
    }
    guard kind == "Sequential" else {
      throw Failure.data("the model is a \(kind), no Sequential", remedy: "layers stand in one chain here")
    }
    guard let layers = config["layers"]?.array ?? config.array else {
      throw Failure.data("the model has no layers", remedy: "is it Keras's model.to_json()?")
    }
    inputShapes = [Self.inputShape(layers, config)]
    topology = Topology(
      chain: try layers.filter { $0["class_name"] != "InputLayer" }.map(LayerSpec.init(kerasLayer:)))
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

  /// Keras 2's hard_sigmoid was another function than Keras 3's, which is the one that rnnpipe has.
  private func checkOldFunctions() throws {
    guard layers.contains(where: { $0.description.contains("hard_sigmoid") }) else { return }
    throw Failure.data(
      "the file is Keras 2's, whose hard_sigmoid is another function",
      remedy: "write it with Keras 3, or use sigmoid")
  }

  /// Throws `Failure` (data) where the input is of another shape than the file tells.
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
        remedy: "cut or pad the rows to that, or leave the input's shape out of the file")
    }
  }
}

extension Architecture {
  /// The network as a Keras `Sequential`, which `keras.models.model_from_json` reads; layers have the names that
  /// Keras would give them in a fresh session.
  ///
  /// - Parameter rows: rows of a batch, which Keras must know where a layer is stateful; then 1 where nil.
  public func kerasConfig(rows: Int? = nil) -> JSONValue {
    let batch = (rows ?? (isStateful ? 1 : nil)).map { JSONValue.integer(Int64($0)) } ?? .null
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
