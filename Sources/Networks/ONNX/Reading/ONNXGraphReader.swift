// Reading an ONNX graph: node by node, what each value is in the network. An operator or a use of it that can't be held
// exactly is refused by the node's name.

import Failures
import ONNX
import Tensor

/// Reads the nodes of a graph into drafts of layers.
struct ONNXGraphReader {
  /// The order of the axes of inputs with steps.
  enum Layout: CaseIterable {
    /// Rows, then steps.
    case rowsFirst
    /// Steps, then rows, as PyTorch has them without `batch_first`.
    case stepsFirst
  }

  let record: ONNXRecord
  /// The version of the operator set.
  let opset: Int
  let layout: Layout
  /// The number of steps of inputs that have any number; nil if it isn't known.
  let steps: Int?
  var values: [String: ONNXMeaning] = [:]
  var drafts: [ONNXDraft] = []
  /// The shapes of the inputs.
  var inputs: [ValueShape] = []
  /// The operators that read each value.
  let readers: [String: [String]]
  /// How many more numbers may be made of constants.
  private var allowance: Int

  /// - Parameter steps: the number of steps of inputs that have any number.
  init(_ record: ONNXRecord, opset: Int, layout: Layout, steps: Int?) {
    (self.record, self.opset, self.layout, self.steps) = (record, opset, layout, steps)
    var readers: [String: [String]] = [:]
    for node in record.nodes {
      for input in Set(node.inputs) { readers[input, default: []].append(node.operation) }
    }
    self.readers = readers
    allowance = 1 << 20 + 4 * record.constants.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
  }

  /// Reads all nodes that the outputs depend on.
  /// - Returns: the outputs' values.
  /// - Throws: `Failure` (data) if a node can't be held exactly.
  mutating func read() throws -> [ONNXPart] {
    try checkSize()
    for (name, tensor) in record.constants { values[name] = .constant(tensor) }
    for input in record.inputs { try add(input) }
    let needed = try neededNodes()
    for node in needed {
      let operation = ONNXOperation(node: node, inputs: try node.inputs.map { try meaning($0, node) })
      let results = try read(operation)
      guard drafts.count <= 4 * Topology.mostLayers else { throw operation.refusal("makes too many layers") }
      for (name, result) in zip(node.outputs, results) where !name.isEmpty { values[name] = result }
    }
    return try record.outputs.map { try output($0) }
  }

  /// Throws `Failure` (data) if the graph is larger than any network.
  private func checkSize() throws {
    guard max(record.inputs.count, record.outputs.count) <= 256, record.nodes.count <= 8 * Topology.mostLayers
    else {
      throw Failure.data(
        "the ONNX model has \(record.nodes.count) nodes, \(record.inputs.count) inputs and \(record.outputs.count) outputs, more than are read"
      )
    }
  }

  private func meaning(_ name: String, _ node: ONNXNode) throws -> ONNXMeaning? {
    if name.isEmpty { return nil }
    guard let meaning = values[name] else {
      throw ONNXOperation(node: node, inputs: []).refusal(
        "reads '\(name)', which no node before it computes", "the file is damaged: export the model again")
    }
    return meaning
  }

  /// The nodes that the outputs depend on, in their order.
  private func neededNodes() throws -> [ONNXNode] {
    var needed = Set(record.outputs.map(\.name))
    var result: [ONNXNode] = []
    for node in record.nodes.reversed() where node.outputs.contains(where: needed.contains) {
      needed.formUnion(node.inputs)
      // The body of a loop reads values outside of it by name.
      for body in node.graphs.values { needed.formUnion(body.nodes.flatMap(\.inputs)) }
      result.append(node)
    }
    return result.reversed()
  }

  /// Counts numbers that are made of constants; throws `Failure` (data) if there are too many.
  mutating func spend(_ count: Int, _ operation: ONNXOperation) throws {
    allowance -= min(count, allowance + 1)
    guard allowance >= 0 else { throw operation.refusal("makes more constants than the file has") }
  }

  // MARK: Inputs and outputs

  private mutating func add(_ input: ONNXPort) throws {
    let number = inputs.count
    let (shape, axes) = try shape(of: input)
    inputs.append(shape)
    values[input.name] = .flow(ONNXFlow(parts: [ONNXPart(source: .input(number))], axes: axes))
  }

  private func shape(of input: ONNXPort) throws -> (ValueShape, [[ONNXAtom]]) {
    let isInteger = [ONNXElement.int32.rawValue, ONNXElement.int64.rawValue].contains(input.element)
    guard isInteger || input.element == ONNXElement.float.rawValue else {
      throw Failure.data(
        "the ONNX model's input '\(input.name)' isn't float, int32 or int64",
        remedy: "export the model with float32 inputs, or int64 token ids")
    }
    guard let extents = input.extents, 2...3 ~= extents.count else {
      throw Failure.data(
        "the ONNX model's input '\(input.name)' has \(input.extents.map { counted($0.count, "axis", "axes") } ?? "no shape")",
        remedy: "rnnpipe reads rows of features, of steps of features, or of token ids")
    }
    guard extents.allSatisfy({ $0 ?? 1 <= 1 << 24 }) else {
      throw Failure.data("the ONNX model's input '\(input.name)' has an axis of more than \(1 << 24)")
    }
    let isTokens = extents.count == 2 && (isInteger || isReadAsIDs(input.name))
    if extents.count == 2 && !isTokens {
      let width = try width(extents[1], of: input)
      return (.vector(width: width), [[ONNXAtom(kind: .batch, extent: extents[0])], [.features(width)]])
    }
    guard isTokens || !isInteger else {
      throw Failure.data("the ONNX model's input '\(input.name)' has whole numbers in 3 axes")
    }
    let isSwapped = layout == .stepsFirst
    let steps = try steps(extents[isSwapped ? 0 : 1])
    let rows = [[ONNXAtom(kind: .batch, extent: extents[isSwapped ? 1 : 0])], [.steps(steps)]]
    let outer = isSwapped ? rows.reversed() : rows
    if isTokens { return (.tokens(steps: steps), outer) }
    let width = try width(extents[2], of: input)
    return (.sequence(steps: steps, width: width), outer + [[.features(width)]])
  }

  private func steps(_ extent: Int?) throws -> Int {
    guard let steps = extent ?? steps else {
      throw Failure.usage(
        "the file doesn't specify the number of time steps", remedy: "give it with --steps N")
    }
    return steps
  }

  private func width(_ extent: Int?, of input: ONNXPort) throws -> Int {
    guard let extent else {
      throw Failure.data(
        "the ONNX model's input '\(input.name)' has any number of features",
        remedy: "export it with a fixed number")
    }
    return extent
  }

  /// Whether an input of floats is only read as whole numbers, as Keras exports token ids.
  private func isReadAsIDs(_ name: String) -> Bool {
    let readers = record.nodes.filter { $0.inputs.contains(name) && $0.operation != "Shape" }
    return !readers.isEmpty
      && readers.allSatisfy { node in
        guard node.operation == "Cast", case .integer(let type)? = node.attributes["to"] else { return false }
        return [ONNXElement.int32.rawValue, ONNXElement.int64.rawValue].contains(Int64(type))
      }
  }

  private mutating func output(_ port: ONNXPort) throws -> ONNXPart {
    func refusal(_ reason: String) -> Failure {
      Failure.data(
        "the ONNX model's output '\(port.name)' \(reason)",
        remedy: "export a model whose outputs are rows of numbers, or of steps of numbers")
    }
    guard let value = values[port.name] else { throw refusal("is computed by no node") }
    guard case .flow(let given) = value else { throw refusal("isn't what a layer computes") }
    let place = "\(port.name) (output)"
    let flow = try resolved(given, place: place)
    let atoms: [ONNXAtom] = flow.axes.flatMap { $0 }
    let kinds = atoms.filter { $0.kind != .features || $0.extent != 1 }.map(\.kind)
    let outer: [ONNXAtom.Kind] = layout == .rowsFirst ? [.batch, .steps] : [.steps, .batch]
    let allowed: [[ONNXAtom.Kind]] = [outer + [.features], outer, [.batch, .features], [.batch]]
    let isSplit = flow.axes.allSatisfy { axis in
      !axis.contains { $0.kind == .batch } || !axis.contains { $0.kind == .steps }
    }
    guard allowed.contains(kinds), isSplit else {
      throw refusal("has its axes in an order that isn't rows, steps, features")
    }
    guard !flow.parts[0].isReversed else { throw refusal("has its steps from the last to the first") }
    if case .input = flow.parts[0].source { throw refusal("is an input of the model") }
    return flow.parts[0]
  }
}
