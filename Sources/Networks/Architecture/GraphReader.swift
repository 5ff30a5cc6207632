// Parsing a layers string: a chain of layers, or the statements of a graph.
//
//   graph     = statement { ";" statement } [ ";" ]
//   statement = name ":" [ "{" reference { " " reference } "}" ] chain
//   reference = name [ "." state ]
//
// A reference names the value of a statement above, one of its states, or else an input. See docs/model.md for
// details.

import Failures
import OptionSyntax
import Spelling

extension Topology {
  /// Reads a layers string; throws `Failure` (usage).
  public init(parsing text: String) throws {
    let statements = try CallStatement.parse(text, subject: "layers", example: LayerSpec.example)
    try Self.check(layerCount: statements.reduce(0) { $0 + max(1, $1.calls.count + $1.sources.count) })
    if statements.count == 1, statements[0].name == nil, statements[0].sources.isEmpty {
      self.init(chain: try LayerSpec.chain(statements[0].calls))
    } else {
      try statements.checkCycles()
      var reader = GraphReader()
      for statement in statements { try reader.read(statement) }
      self = try reader.topology()
    }
  }

  /// The number of layers and of values that a network may have: far more than any has, and so few that names are
  /// looked up one by one, and that statements which share others can't multiply without end.
  static let mostLayers = 4096

  /// Throws `Failure` (usage) if a network has too many layers.
  static func check(layerCount: Int) throws {
    guard layerCount <= mostLayers else {
      throw Failure.usage("layers: there are more than \(mostLayers)", remedy: "use fewer layers")
    }
  }
}

/// Adds statements in order.
private struct GraphReader {
  private var inputs: [Topology.Input] = []
  private var layers: [LayerSpec] = []
  private var nodes: [Topology.Node] = []
  /// The nodes of each statement, and their order.
  private var statements: [(name: String, nodes: Range<Int>)] = []
  private var namedOutputs: [Topology.Output]?

  private static let outputs = "outputs"
  private static let reserved = ["input", "shared"]
  /// Columns of a stream that are never inputs.
  private static let otherColumns = ["y", "split", "time", "weight", "prediction"]

  mutating func read(_ statement: CallStatement) throws {
    guard let name = statement.name else {
      throw refuse("every statement of a graph needs a name", "such as \"encoder: {source} lstm(64);\"")
    }
    guard namedOutputs == nil else { throw refuse("'\(Self.outputs)' is not the last statement") }
    if name == Self.outputs { return try readOutputs(statement) }
    try check(name)
    if statement.calls.count == 1, statement.calls[0].name == "input", statement.sources.isEmpty {
      return try declareInput(name, statement.calls[0])
    }
    guard !statement.calls.isEmpty else {
      throw refuse("'\(name)' has no layers", "end it with a layer, such as \"{a b} add\"")
    }
    try checkBraces(statement)
    let sources = statement.sources.isEmpty ? [Topology.usualInput] : statement.sources
    try readChain(name, try sources.flatMap { try values(of: $0) }, statement.calls)
  }

  /// Throws `Failure` (usage) if a chain begins with the name of a value, which would be taken for a layer.
  private func checkBraces(_ statement: CallStatement) throws {
    let first = statement.calls[0]
    let values = [Topology.usualInput] + inputs.map(\.name) + statements.map(\.name)
    guard statement.sources.isEmpty, first.arguments.isEmpty, values.contains(first.name),
      LayerCatalog.kind(named: first.name) == nil
    else { return }
    throw refuse("'\(first.name)' is not a layer", "read values in braces: {\(first.name)}")
  }

  private func check(_ name: String) throws {
    guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }), name.first?.isNumber == false else {
      throw refuse("'\(name)' is not a valid name", "names consist of letters, digits and _")
    }
    if statements.contains(where: { $0.name == name }) { throw refuse("'\(name)' is defined twice") }
    if inputs.contains(where: { $0.name == name }) {
      throw refuse("'\(name)' is read before it is defined", "put its statement before those that read it")
    }
    if Self.reserved.contains(name) {
      throw refuse("'\(name)' is reserved", "choose another name")
    }
  }

  private mutating func declareInput(_ name: String, _ call: CallSyntax) throws {
    var arguments = try CallArguments(call, subject: "input \(name)", flags: ["vector"], positions: 0)
    let isVector = try arguments.flag("vector") ?? false
    try arguments.finish()
    inputs.append(Topology.Input(name: name, isVector: isVector))
  }

  private mutating func readChain(
    _ name: String, _ sources: [Topology.Source], _ calls: [CallSyntax]
  ) throws {
    let first = nodes.count
    var sources = sources
    for (number, call) in calls.enumerated() {
      let label = number == calls.count - 1 ? name : nil
      if call.name == "shared" {
        try share(call, &sources, label)
      } else {
        try add(call, &sources, label)
      }
    }
    statements.append((name, first..<nodes.count))
  }

  private mutating func add(_ call: CallSyntax, _ sources: inout [Topology.Source], _ label: String?) throws {
    var call = call
    let initial = try takeInitialState(from: &call)
    let layer = try LayerSpec(call)
    try checkSources(of: layer, sources)
    layers.append(layer)
    try append(layers.count - 1, sources + initial, label)
    sources = [.node(nodes.count - 1, output: 0)]
  }

  /// Throws `Failure` (usage) if a recurrent layer is given several values that aren't named as initial states.
  private func checkSources(of layer: LayerSpec, _ sources: [Topology.Source]) throws {
    guard !layer.definition.directions.isEmpty, sources.count > 1 else { return }
    throw refuse(
      "\(layer.name) reads \(counted(sources.count, "value"))",
      "join them first, such as with concatenate or add; states are named with initial_state")
  }

  /// Applies the layers of another statement; initial states are those of its first layer.
  private mutating func share(
    _ call: CallSyntax, _ sources: inout [Topology.Source], _ label: String?
  ) throws {
    var call = call
    let initial = try takeInitialState(from: &call)
    var arguments = try CallArguments(call, subject: "shared", positions: 1)
    guard let other = try arguments.word(0, "name") else { throw arguments.missing("name") }
    try arguments.finish()
    guard let statement = statements.first(where: { $0.name == other }) else {
      throw refuse(
        "shared(\(other)): there is no earlier statement '\(other)'",
        hint(at: other))
    }
    let first = layers[nodes[statement.nodes.lowerBound].layer]
    try checkSources(of: first, sources)
    guard initial.isEmpty || !first.definition.directions.isEmpty else {
      throw refuse("shared(\(other)): \(first.name) takes no initial_state", "only recurrent layers do")
    }
    for (index, node) in statement.nodes.enumerated() {
      try append(
        nodes[node].layer, sources + (index == 0 ? initial : []),
        index == statement.nodes.count - 1 ? label : nil)
      sources = [.node(nodes.count - 1, output: 0)]
    }
  }

  private mutating func append(_ layer: Int, _ inputs: [Topology.Source], _ label: String?) throws {
    try Topology.check(layerCount: nodes.count + 1)
    nodes.append(Topology.Node(layer: layer, inputs: inputs, label: label))
  }

  /// The values named by a call's `initial_state`, which is not an option of the layer itself.
  private mutating func takeInitialState(from call: inout CallSyntax) throws -> [Topology.Source] {
    guard let index = call.arguments.firstIndex(where: { $0.key == "initial_state" }) else { return [] }
    switch call.arguments.remove(at: index).value {
    case .group(let references): return try references.flatMap { try values(of: $0.name) }
    case .word(let reference): return try values(of: reference)
    case .call: throw refuse("'initial_state' of \(call.name) is a call", "name values: {encoder.state}")
    }
  }

  // MARK: References

  /// The values that a reference names: one value, or all states for `.state`.
  private mutating func values(of reference: String) throws -> [Topology.Source] {
    let parts = reference.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let statement = statements.first(where: { $0.name == parts[0] }) else {
      guard parts.count == 1 else {
        throw refuse("there is no earlier statement '\(parts[0])'", hint(at: parts[0]))
      }
      return [.input(try input(parts[0]))]
    }
    let node = statement.nodes.upperBound - 1
    return parts.count == 1 ? [.node(node, output: 0)] : try states(parts[1], of: parts[0], node)
  }

  private mutating func input(_ name: String) throws -> Int {
    if let number = inputs.firstIndex(where: { $0.name == name }) { return number }
    guard !Self.otherColumns.contains(name) else {
      throw refuse(
        "'\(name)' can't be an input", "the column \(name) holds something else: choose another name")
    }
    inputs.append(Topology.Input(name: name))
    return inputs.count - 1
  }

  private func states(_ state: String, of name: String, _ node: Int) throws -> [Topology.Source] {
    let layer = layers[nodes[node].layer]
    let known = layer.stateNames
    guard !known.isEmpty else {
      throw refuse(
        "'\(name).\(state)': \(layer.name) returns no states",
        "end '\(name)' with a recurrent layer that has return_state")
    }
    if state == "state" { return known.indices.map { .node(node, output: 1 + $0) } }
    guard let index = known.firstIndex(of: state) else {
      throw refuse("'\(name).\(state)': there is no such state", suggestion(for: state, among: known))
    }
    return [.node(node, output: 1 + index)]
  }

  // MARK: Outputs

  private mutating func readOutputs(_ statement: CallStatement) throws {
    guard statement.calls.isEmpty else {
      throw refuse("'\(Self.outputs)' has layers", "it only names values")
    }
    var outputs: [Topology.Output] = []
    for reference in statement.sources {
      let name = reference.replacing(".", with: "_")
      let parts = reference.split(separator: ".").map(String.init)
      guard statements.contains(where: { $0.name == parts.first }) else {
        throw refuse(
          "there is no earlier statement '\(reference)'",
          hint(at: reference))
      }
      let sources = try values(of: reference)
      guard sources.count == 1 else {
        throw refuse(
          "the output '\(reference)' has \(counted(sources.count, "value"))", "name them one by one")
      }
      if outputs.contains(where: { $0.name == name }) {
        throw refuse("the output '\(name)' is defined twice")
      }
      outputs.append(Topology.Output(name: name, source: sources[0]))
    }
    namedOutputs = outputs
  }

  /// The graph; its outputs are those named, or else the values that nothing reads.
  func topology() throws -> Topology {
    let read = Set(nodes.flatMap(\.inputs).compactMap(\.node))
    let unread = statements.filter { !read.contains($0.nodes.upperBound - 1) }
    if let namedOutputs,
      let idle = unread.first(where: { statement in
        !namedOutputs.contains { $0.source.node == statement.nodes.upperBound - 1 }
      })
    {
      throw refuse(
        "nothing reads '\(idle.name)', and it is not an output", "remove it, or name it in outputs")
    }
    for input in inputs.indices where !nodes.contains(where: { $0.inputs.contains(.input(input)) }) {
      throw refuse("nothing reads the input '\(inputs[input].name)'", "remove it")
    }
    let outputs =
      namedOutputs
      ?? unread.map { Topology.Output(name: $0.name, source: .node($0.nodes.upperBound - 1, output: 0)) }
    return Topology(inputs: inputs, layers: layers, nodes: nodes, outputs: outputs)
  }

  /// A hint at the statements so far.
  private func hint(at name: String) -> String {
    statements.isEmpty
      ? "there is none before it" : suggestion(for: name, among: statements.map(\.name))
  }

  private func refuse(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.usage("layers: \(problem)", remedy: remedy)
  }
}

extension LayerSpec {
  /// The states that the layer returns, by name; none without return_state.
  var stateNames: [String] {
    let directions = definition.directions.filter(\.options.returnState)
    let names = directions.map { type(of: $0).stateNames }
    guard names.count == 2 else { return names.first ?? [] }
    return names[0].map { "forward_\($0)" } + names[1].map { "backward_\($0)" }
  }
}
