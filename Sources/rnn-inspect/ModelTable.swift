// A model's layers as Keras's `summary()` lists them: names, output shapes, parameters, totals.

import JSON
import Networks
import Stage
import TensorFile

/// The layers of a model file.
struct ModelTable {
  private let layers: [LayerSummary]

  /// nil where `header` is no model's.
  init?(_ header: StreamHeader) throws {
    guard header.kind == "model", header.metadata["rnn.architecture"] != nil else { return nil }
    layers = try ModelFile(header: header).architecture.summary()
  }

  private var total: Int { layers.reduce(0) { $0 + $1.parameters } }

  /// The layers and totals as JSON members.
  var members: [String: JSONValue] {
    let rows = layers.map { layer in
      JSONValue.object([
        "name": .string(layer.name), "class": .string(layer.kind),
        "output_shape": .array(layer.outputShape.map { .integer(Int64($0)) }),
        "parameters": .integer(Int64(layer.parameters)),
      ])
    }
    let count = JSONValue.integer(Int64(total))
    return [
      "layers": .array(rows), "parameters": count, "trainable_parameters": count,
      "non_trainable_parameters": 0,
    ]
  }

  /// The table for a person.
  var text: String {
    let rows = layers.map { layer in
      [
        "\(layer.name) (\(layer.kind))",
        "(\((["None"] + layer.outputShape.map(String.init)).joined(separator: ", ")))",
        NumberText.grouped(layer.parameters), "",
      ]
    }
    let table = alignedTable([["Layer (type)", "Output Shape", "Param #", ""]] + rows)
    return """
      \(table)

      Total params: \(Self.counted(total))
      Trainable params: \(Self.counted(total))
      Non-trainable params: \(Self.counted(0))
      """
  }

  /// A number of parameters and their size, as Keras writes it: two digits, units of 1024
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
