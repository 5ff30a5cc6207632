// The answer to a request to infer: the outputs as tensors, whose data is flat. It is written at once, number by number,
// since most of a request's time would else be spent on values that exist only to be written.

import Inference
import JSON
import Tensor

/// Writes answers of KServe's V2 protocol.
struct InferenceReply {
  /// The JSON text.
  private(set) var bytes: [UInt8] = []

  /// - Parameters:
  ///   - model: the model's name.
  ///   - outputs: the names of those that were asked for; nil for all.
  init(_ prediction: Prediction, to request: InferenceRequest, of model: String) {
    let all = prediction.tensors
    let chosen =
      request.outputs.map { names in names.compactMap { name in all.first { $0.name == name } } } ?? all
    bytes.reserveCapacity(128 + 12 * chosen.reduce(0) { $0 + $1.values.count })
    add("{\"model_name\":\(JSONValue.string(model).text),\"model_version\":\"\(modelVersion)\"")
    if let id = request.id { add(",\"id\":\(JSONValue.string(id).text)") }
    add(",\"outputs\":[")
    for (number, output) in chosen.enumerated() {
      add(number == 0 ? "" : ",")
      add(
        "{\"name\":\(JSONValue.string(output.name).text),\"datatype\":\"\(Datatype(output.values.type).rawValue)\""
      )
      add(",\"shape\":[\(output.values.shape.map(String.init).joined(separator: ","))],\"data\":[")
      add(output.values)
      add("]}")
    }
    add("]}\n")
  }

  private mutating func add(_ text: String) { bytes += text.utf8 }

  private mutating func add(_ tensor: Tensor) {
    switch tensor.elements {
    case .u8(let values): add(values)
    case .i32(let values): add(values)
    case .i64(let values): add(values)
    case .f32(let values): add(values)
    case .f64(let values): add(values)
    }
  }

  /// Numbers in their shortest form that reads back to the same.
  private mutating func add(_ values: [some CustomStringConvertible]) {
    for (index, value) in values.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      bytes += value.description.utf8
    }
  }
}

/// The version of every model: there is one.
let modelVersion = "1"

extension Prediction {
  /// The values and the limits of intervals of all outputs.
  fileprivate var tensors: [(name: String, values: Tensor)] {
    outputs.flatMap { output in
      [(name: output.column, values: output.values)]
        + output.limits.sorted { $0.key < $1.key }.map { (name: $0.key, values: $0.value) }
    }
  }
}
