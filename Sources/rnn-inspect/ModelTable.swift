// A model's layers as Keras's `summary()` lists them: names, output shapes, parameters, totals.

import JSON
import Networks
import Stage
import TensorFile

/// The layers of a model file.
struct ModelTable {
  private let layers: [LayerSummary]
  private let architecture: Architecture

  /// Nil if `header` is not that of a model.
  init?(_ header: StreamHeader) throws {
    guard header.kind == "model", header.metadata["rnn.architecture"] != nil else { return nil }
    architecture = try ModelFile(header: header).architecture
    layers = try architecture.summary()
  }

  private var total: Int { layers.reduce(0) { $0 + $1.parameters } }
  private var trainable: Int { layers.reduce(0) { $0 + $1.trainable } }

  /// The layers and totals as JSON members.
  var members: [String: JSONValue] {
    let rows = layers.map(object)
    return [
      "layers": .array(rows), "parameters": .integer(Int64(total)),
      "trainable_parameters": .integer(Int64(trainable)),
      "non_trainable_parameters": .integer(Int64(total - trainable)),
    ]
  }

  private func object(_ layer: LayerSummary) -> JSONValue {
    let shapes = layer.outputShapes.map { JSONValue.array($0.map { .integer(Int64($0)) }) }
    var members: [String: JSONValue] = [
      "name": .string(layer.name), "class": .string(layer.kind), "output_shape": shapes.first ?? .null,
      "parameters": .integer(Int64(layer.parameters)),
    ]
    if shapes.count > 1 { members["state_shapes"] = .array(Array(shapes.dropFirst())) }
    if isGraph { members["connected_to"] = .array(layer.connectedTo.map(JSONValue.string)) }
    return .object(members)
  }

  private var isGraph: Bool { !architecture.topology.isChain }

  /// The network in Graphviz's DOT language.
  var dot: String { architecture.dot }

  /// The table as text; for a graph with the layers that each one reads.
  var text: String {
    let rows = layers.map { layer in
      let shapes = layer.outputShapes.map { "(\((["None"] + $0.map(String.init)).joined(separator: ", ")))" }
      return [
        "\(layer.name) (\(layer.kind))",
        shapes.count == 1 ? shapes[0] : "[\(shapes.joined(separator: ", "))]",
        NumberText.grouped(layer.parameters),
        isGraph ? layer.connectedTo.isEmpty ? "-" : layer.connectedTo.joined(separator: ", ") : "",
      ]
    }
    let head = ["Layer (type)", "Output Shape", "Param #", isGraph ? "Connected to" : ""]
    let table = alignedTable([head] + rows)
    return """
      \(table)

      Total params: \(Self.counted(total))
      Trainable params: \(Self.counted(trainable))
      Non-trainable params: \(Self.counted(total - trainable))
      """
  }

  /// A number of parameters and their size in Keras's format: two decimals, units of 1024
  /// (keras/src/utils/summary_utils.py).
  static func counted(_ parameters: Int) -> String {
    var size = Double(4 * parameters)
    var units = ["B", "KB", "MB", "GB", "TB", "PB"][...]
    while size >= 1024, units.count > 1 {
      size /= 1024
      units = units.dropFirst()
    }
    return "\(NumberText.grouped(parameters)) (\(NumberText.fixed(size, 2)) \(units.first ?? ""))"
  }
}
