// Reading an ONNX model's protocol buffers (the field numbers are those of onnx.proto). What the bytes can ask for is
// bounded by them: graphs within graphs within graphs aren't entered, weights in other files are refused, and a tensor's numbers must be there.

import Failures
import Protobuf

extension ONNXModel {
  /// The most nodes, constants, inputs, outputs and texts that are read.
  private static let most = 1 << 16

  /// Reads a model.
  /// - Throws: `Failure` (data) if the bytes are damaged, or hold what isn't supported: weights in other files, elements
  ///   of other types than float, int32, int64 and bool.
  package init(_ bytes: [UInt8]) throws {
    var (opset, producer, metadata) = (0, "", [String: String]())
    var graph: ArraySlice<UInt8>?
    var fields = ProtobufReader(bytes[...])
    while let field = try fields.next() {
      switch field.number {
      case 2: producer = try field.text()
      case 7: graph = try field.data()
      case 8: opset = try Self.opset(field.data()) ?? opset
      case 14:
        let (key, text) = try Self.entry(field.data())
        metadata[key] = text
        try Self.check(count: metadata.count, of: "texts")
      default: break
      }
    }
    guard let graph else { throw Failure.data("is not an ONNX model: it has no graph") }
    self.init(
      opset: opset, producer: producer, metadata: metadata, graph: try ONNXRecord(reading: graph))
  }

  /// The version of ONNX's own operators; nil for other sets.
  private static func opset(_ bytes: ArraySlice<UInt8>) throws -> Int? {
    var (domain, version) = ("", 0)
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      switch field.number {
      case 1: domain = try field.text()
      case 2: version = Int(clamping: try field.integer())
      default: break
      }
    }
    return ["", "ai.onnx"].contains(domain) ? version : nil
  }

  private static func entry(_ bytes: ArraySlice<UInt8>) throws -> (String, String) {
    var (key, text) = ("", "")
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      if field.number == 1 { key = try field.text() }
      if field.number == 2 { text = try field.text() }
    }
    return (key, text)
  }

  fileprivate static func check(count: Int, of what: String) throws {
    guard count <= most else { throw Failure.data("the ONNX model has more than \(most) \(what)") }
  }
}

extension ONNXRecord {
  /// - Parameter isInner: whether it is within another graph, so that graphs in it aren't read.
  fileprivate init(reading bytes: ArraySlice<UInt8>, isInner: Bool = false) throws {
    self.init()
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      switch field.number {
      case 1: nodes.append(try ONNXNode(reading: field.data(), isInner: isInner))
      case 5:
        let (name, tensor) = try ONNXTensor.named(field.data())
        guard constants.updateValue(tensor, forKey: name) == nil else {
          throw Failure.data("the ONNX model has two constants called '\(name)'")
        }
      case 11: inputs.append(try ONNXPort(reading: field.data()))
      case 12: outputs.append(try ONNXPort(reading: field.data()))
      case 15:
        throw Failure.data(
          "the ONNX model has sparse constants, which aren't supported", remedy: "write them as dense ones")
      default: break
      }
      try ONNXModel.check(
        count: max(nodes.count, constants.count, inputs.count, outputs.count), of: "nodes or constants")
    }
    // Before version 4 of the format, constants were inputs too.
    inputs.removeAll { constants[$0.name] != nil }
  }
}

extension ONNXNode {
  fileprivate init(reading bytes: ArraySlice<UInt8>, isInner: Bool) throws {
    var (name, operation, domain) = ("", "", "")
    var (inputs, outputs) = ([String](), [String]())
    var attributes: [ArraySlice<UInt8>] = []
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      switch field.number {
      case 1: inputs.append(try field.text())
      case 2: outputs.append(try field.text())
      case 3: name = try field.text()
      case 4: operation = try field.text()
      case 5: attributes.append(try field.data())
      case 7: domain = try field.text()
      default: break
      }
      try ONNXModel.check(count: max(inputs.count, outputs.count, attributes.count), of: "values of a node")
    }
    try self.init(
      name: name, operation: operation, domain: domain == "ai.onnx" ? "" : domain, inputs, outputs,
      attributes,
      isInner: isInner)
  }

  private init(
    name: String, operation: String, domain: String, _ inputs: [String], _ outputs: [String],
    _ fields: [ArraySlice<UInt8>], isInner: Bool
  ) throws {
    var attributes: [String: ONNXAttribute] = [:]
    var tensors: [String: ONNXTensor] = [:]
    var graphs: [String: ONNXRecord] = [:]
    var unread: [String] = []
    for field in fields {
      let read = try ReadAttribute(field)
      attributes[read.name] = read.attribute
      tensors[read.name] = try read.tensor.map { try ONNXTensor.named($0).tensor }
      if !isInner, let graph = read.graph {
        graphs[read.name] = try ONNXRecord(reading: graph, isInner: true)
      } else if read.attribute == nil && read.tensor == nil {
        unread.append(read.name)
      }
    }
    self.init(
      name: name, operation: operation, domain: domain, inputs: inputs, outputs: outputs,
      attributes: attributes, tensors: tensors, graphs: graphs, unread: unread)
  }
}

/// An attribute's fields.
private struct ReadAttribute {
  private(set) var name = ""
  private(set) var attribute: ONNXAttribute?
  /// The message of a tensor.
  private(set) var tensor: ArraySlice<UInt8>?
  /// The message of a graph.
  private(set) var graph: ArraySlice<UInt8>?

  init(_ bytes: ArraySlice<UInt8>) throws {
    var (type, float, integer, text): (Int64, Float, Int64, String) = (0, 0, 0, "")
    var (floats, integers, texts): ([Float], [Int64], [String]) = ([], [], [])
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      switch field.number {
      case 1: name = try field.text()
      case 2: float = try field.float()
      case 3: integer = try field.integer()
      case 4: text = String(decoding: try field.data(), as: UTF8.self)
      case 5: tensor = try field.data()
      case 6: graph = try field.data()
      case 7: floats += try field.floats()
      case 8: integers += try field.integers()
      case 9: texts.append(String(decoding: try field.data(), as: UTF8.self))
      case 20: type = try field.integer()
      default: break
      }
      try ONNXModel.check(count: texts.count, of: "texts of an attribute")
    }
    switch type {
    case 1: attribute = .float(float)
    case 2: attribute = .integer(Int(integer))
    case 3: attribute = .text(text)
    case 6: attribute = .floats(floats)
    case 7: attribute = .integers(integers.map { Int($0) })
    case 8: attribute = .texts(texts)
    default: break
    }
    if type != 4 { tensor = nil }
    if type != 5 { graph = nil }
  }
}

extension ONNXPort {
  fileprivate init(reading bytes: ArraySlice<UInt8>) throws {
    var (name, type) = ("", ArraySlice<UInt8>())
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      if field.number == 1 { name = try field.text() }
      if field.number == 2 { type = try field.data() }
    }
    var (element, extents): (Int64, [Int?]?) = (0, nil)
    var types = ProtobufReader(type)
    while let field = try types.next() {
      guard field.number == 1 else { continue }
      (element, extents) = try Self.tensorType(field.data())
    }
    self.init(name: name, element: element, extents: extents)
  }

  private static func tensorType(_ bytes: ArraySlice<UInt8>) throws -> (Int64, [Int?]?) {
    var (element, extents): (Int64, [Int?]?) = (0, nil)
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      if field.number == 1 { element = try field.integer() }
      if field.number == 2 { extents = try shape(field.data()) }
    }
    return (element, extents)
  }

  private static func shape(_ bytes: ArraySlice<UInt8>) throws -> [Int?] {
    var extents: [Int?] = []
    var fields = ProtobufReader(bytes)
    while let field = try fields.next() {
      guard field.number == 1 else { continue }
      var axis = ProtobufReader(try field.data())
      var extent: Int?
      while let field = try axis.next() {
        if field.number == 1, case let size = try field.integer(), size > 0 { extent = Int(size) }
      }
      extents.append(extent)
      try ONNXModel.check(count: extents.count, of: "axes")
    }
    return extents
  }
}
