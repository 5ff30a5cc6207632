// A request to infer, of KServe's V2 protocol in its REST form: tensors by name, with shape, type and data, flat or nested.

import Failures
import JSON
import Tensor
import TensorFile

/// What a client sends to `/v2/models/NAME/infer`.
struct InferenceRequest {
  /// The client's own name of the request, which the answer repeats.
  let id: String?
  /// The inputs as a chunk of rows.
  let chunk: Chunk
  /// The names of the outputs that are asked for; nil for all.
  let outputs: [String]?

  /// - Parameter columns: what the model reads.
  /// - Throws: `Failure` (data) that says which input is wrong.
  init(_ body: [UInt8], _ columns: ModelColumns) throws(Failure) {
    let json = try JSONValue(parsing: body, mostValues: body.count)
    guard json.object != nil else { throw Failure.data("the request is not a JSON object") }
    switch json["id"] {
    case nil, .null: id = nil
    case .string(let text): id = text
    default: throw Failure.data("id is not a string")
    }
    try Self.refuseExtensions(json, at: "the request")
    guard let inputs = json["inputs"]?.array else { throw Failure.data("there is no array inputs") }
    chunk = try Self.chunk(inputs, columns)
    outputs = try Self.outputs(json["outputs"], columns)
  }

  /// Parameters that ask for something else than tensors in JSON; others are hints.
  private static func refuseExtensions(_ json: JSONValue, at place: String) throws(Failure) {
    for name in ["classification", "shared_memory_region", "binary_data_size"]
    where json["parameters"]?[name] != nil {
      throw Failure.data("the parameter \(name) is not supported", at: place)
    }
  }

  private static func chunk(_ inputs: [JSONValue], _ columns: ModelColumns) throws(Failure) -> Chunk {
    let known = columns.inputs.map(\.name).joined(separator: ", ")
    var tensors: [String: Tensor] = [:]
    for input in inputs {
      guard let name = input["name"]?.string else { throw Failure.data("an input has no name") }
      guard let column = columns.inputs.first(where: { $0.name == name }) else {
        throw Failure.data("the model has no such input", at: "input \(name)", remedy: "it reads \(known)")
      }
      do throws(Failure) {
        try refuseExtensions(input, at: "input \(name)")
        let tensor = try InputTensor(input, column).tensor
        guard tensors.updateValue(tensor, forKey: name) == nil else { throw Failure.data("is given twice") }
      } catch { throw error.placed(at: "input \(name)") }
    }
    for column in columns.inputs where tensors[column.name] == nil {
      throw Failure.data("the input \(column.name) is missing", remedy: "the model reads \(known)")
    }
    let rows = columns.inputs.compactMap { tensors[$0.name]?.rows }
    if let first = rows.first, let index = rows.firstIndex(where: { $0 != first }) {
      throw Failure.data(
        "has \(counted(rows[index], "row")), but \(columns.inputs[0].name) has \(first)",
        at: "input \(columns.inputs[index].name)")
    }
    return Chunk(tensors)
  }

  private static func outputs(_ value: JSONValue?, _ columns: ModelColumns) throws(Failure) -> [String]? {
    guard let value, value != .null else { return nil }
    guard let items = value.array else { throw Failure.data("outputs is not an array") }
    var names: [String] = []
    for item in items {
      guard let name = item["name"]?.string else { throw Failure.data("an output has no name") }
      guard columns.outputs.contains(where: { $0.name == name }) else {
        throw Failure.data(
          "the model has no such output", at: "output \(name)",
          remedy: "it predicts \(columns.outputs.map(\.name).joined(separator: ", "))")
      }
      try refuseExtensions(item, at: "output \(name)")
      names.append(name)
    }
    return names.isEmpty ? nil : names
  }
}

/// One input of a request.
private struct InputTensor {
  let tensor: Tensor

  /// - Throws: `Failure` (data) without a place.
  init(_ input: JSONValue, _ column: ModelColumn) throws(Failure) {
    guard let type = input["datatype"]?.string.flatMap(Datatype.init(rawValue:)) else {
      throw Failure.data(
        "there is no known datatype", remedy: "the model reads \(column.content.datatype.rawValue)")
    }
    let fits: Bool = if case .ids = column.content { type.isInteger } else { type.isNumber }
    guard fits else {
      throw Failure.data(
        "is of datatype \(type.rawValue), but the model reads \(column.content.datatype.rawValue)")
    }
    let shape = try Self.shape(input["shape"], column)
    guard let data = input["data"] else { throw Failure.data("there is no data") }
    let numbers = try NestedNumbers(data)
    let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
    guard numbers.count == count, numbers.shape.count == 1 || numbers.shape == shape else {
      let found = numbers.shape.count == 1 ? counted(numbers.count, "value") : "the shape \(numbers.shape)"
      throw Failure.data("its data has \(found), but its shape is \(shape)")
    }
    tensor = try numbers.tensor(column.content, shape: shape)
  }

  private static func shape(_ value: JSONValue?, _ column: ModelColumn) throws(Failure) -> [Int] {
    let expected = ([-1] + column.shape).map { $0 < 0 ? "any" : "\($0)" }.joined(separator: ", ")
    guard let given = value?.array else {
      throw Failure.data("there is no shape", remedy: "it is [\(expected)]")
    }
    let sizes = given.compactMap(\.int)
    let fits =
      sizes.count == given.count && sizes.count == column.shape.count + 1 && sizes.allSatisfy { $0 > 0 }
      && zip(sizes.dropFirst(), column.shape).allSatisfy { $1 < 0 || $0 == $1 }
    guard fits else {
      throw Failure.data("its shape is \(value?.text ?? ""), but the model reads [\(expected)]")
    }
    return sizes
  }
}
