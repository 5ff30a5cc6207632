// The graph of another program's model under names that a layers string can have.

import Failures

extension Topology {
  /// A valid name of a column.
  static func columnName(_ name: String) -> String {
    let text = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    let begins = text.first?.isNumber == true || text.isEmpty ? "_\(text)" : text
    return ["y", "split", "time", "weight", "prediction"].contains(begins) ? "\(begins)_" : begins
  }

  /// Whether an input has rnnpipe's usual name, or one that another program made up.
  static func isDefaultName(_ name: String) -> Bool {
    let base = name.prefix { !$0.isNumber }
    return [
      usualInput[...], "input", "input_", "input_layer", "input_layer_", "keras_tensor", "keras_tensor_",
    ].contains(base)
  }

  /// A graph whose inputs and outputs have other programs' names; a plain chain if possible.
  /// - Parameter inputs: the names, and whether each is a vector.
  /// - Throws: `Failure` (data) if an input isn't read, or two outputs are the same.
  init(
    foreignInputs inputs: [(name: String, isVector: Bool)], layers: [LayerSpec], nodes: [Node],
    outputs: [Output]
  ) throws {
    for (number, input) in inputs.enumerated()
    where !nodes.contains(where: { $0.inputs.contains(.input(number)) }) {
      throw Failure.data(
        "nothing reads the model's input '\(input.name)'", remedy: "export the model without it")
    }
    guard Set(outputs.map(\.source)).count == outputs.count else {
      throw Failure.data(
        "two of the model's outputs are the same value", remedy: "export the model with one of them")
    }
    let chain = Topology(chain: layers)
    let names = inputs.map { Self.columnName($0.name) }
    if inputs.count == 1, !inputs[0].isVector, Self.isDefaultName(names[0]), nodes == chain.nodes,
      outputs.map(\.source) == chain.outputs.map(\.source)
    {
      self = chain
      return
    }
    var taken: Set<String> = ["input", "outputs", "shared"]
    func unique(_ name: String) -> String {
      var name = name
      while !taken.insert(name).inserted { name += "_" }
      return name
    }
    let ports = zip(names, inputs).map { Input(name: unique($0), isVector: $1.isVector) }
    var labeled = nodes
    for output in outputs {
      guard case .node(let number, output: 0) = output.source else { continue }
      let node = labeled[number]
      labeled[number] = Node(
        layer: node.layer, inputs: node.inputs, label: unique(Self.columnName(output.name)))
    }
    let graph = Topology(inputs: ports, layers: layers, nodes: labeled, outputs: outputs)
    // States are named after their layers, as a layers string does.
    self = try Topology(parsing: graph.text)
    guard self.layers == layers, self.nodes.map(\.inputs) == nodes.map(\.inputs),
      self.outputs.map(\.source) == outputs.map(\.source)
    else { throw Failure(.software, "the layers of the model differ when written: \(graph.text)") }
  }
}
