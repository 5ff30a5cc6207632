// A network as a C header: each layer writes itself into a program, in the order of the graph.

import Failures
import Tensor
import TensorFile

/// The settings of a C header.
public struct CHeaderOptions: Sendable {
  /// The beginning of the header's identifiers.
  public var prefix: CPrefix
  /// The version of rnnpipe.
  public var version: String
  /// The id of the run that writes the header; nil to leave it out.
  public var run: String?
  /// Lines for the header's first comment: what the numbers mean.
  public var notes: [String]

  /// - Parameters:
  ///   - prefix: the beginning of the header's identifiers.
  ///   - version: the version of rnnpipe.
  ///   - run: the id of the run that writes the header; nil to leave it out.
  ///   - notes: lines for the header's first comment: what the numbers mean.
  public init(prefix: CPrefix, version: String, run: String? = nil, notes: [String] = []) {
    (self.prefix, self.version, self.run, self.notes) = (prefix, version, run, notes)
  }
}

extension Architecture {
  /// The network and its weights as a C header.
  /// - Parameter narrow: how weights are stored that are not in single precision.
  /// - Throws: `Failure` (data) if there is no C for one of the layers, or a weight is missing or not finite.
  public func cHeader(
    weights: [String: Tensor], narrow: [String: NarrowTensor] = [:], _ options: CHeaderOptions
  ) throws -> [UInt8] {
    let weights = weights.map { ($0.key, CWeight(tensor: $0.value, narrow: narrow[$0.key])) }
    var writer = CWriter(
      self, Dictionary(weights) { first, _ in first }, options.prefix, writesConstants: true)
    let interface = try writer.write()
    return Array(CText(writer.program, interface, self, options).header.utf8)
  }

  /// Throws `Failure` (data) if there is no C for one of the layers.
  public func checkC() throws {
    let zeros = try weightedLayers().flatMap(\.weights).map { weight in
      let zeros = [Float](repeating: 0, count: weight.shape.reduce(1, *))
      return (weight.name, CWeight(tensor: Tensor(zeros, shape: weight.shape)))
    }
    var writer = CWriter(
      self, Dictionary(zeros) { first, _ in first }, CPrefix(path: nil), writesConstants: false)
    _ = try writer.write()
  }

  /// Whether all inputs can have more steps, with the same weights.
  fileprivate var acceptsAnySteps: Bool {
    guard !layers.contains(where: { $0.definition.needsStepsInC }),
      let longer = try? with(inputs: inputs.map { $0.with(steps: ($0.steps ?? 0) + 1) }),
      let own = try? weightedLayers(), let others = try? longer.weightedLayers()
    else { return false }
    return zip(own, others).allSatisfy { $0.weights.map(\.shape) == $1.weights.map(\.shape) }
      && topology.nodes.indices.allSatisfy {
        let value = Topology.Source.node($0, output: 0)
        return shape(of: value).width == longer.shape(of: value).width
      }
  }
}

/// The parameters of a program.
struct CInterface {
  /// A parameter with an input's or an output's numbers.
  struct Parameter {
    /// Its name in the network and in C.
    let label: String
    let name: String
    let element: CElement
    let shape: ValueShape
    let axis: CAxis?
    /// The number of token ids, if these are its elements.
    var vocabulary: Int?

    /// The numbers of a step, or of the vector.
    var width: Int {
      if case .characters(_, let length) = shape { length } else { max(1, shape.width) }
    }
  }

  var inputs: [Parameter] = []
  var outputs: [Parameter] = []
  /// The inputs whose numbers of steps are parameters, with those in training.
  var steps: [(input: Int, name: String, trained: Int)] = []
}

/// Writes the layers of a network into a program.
private struct CWriter {
  let program: CProgram
  private let architecture: Architecture
  private let weights: [String: CWeight]
  private var values: [Topology.Source: CInput] = [:]

  init(_ architecture: Architecture, _ weights: [String: CWeight], _ prefix: CPrefix, writesConstants: Bool) {
    (self.architecture, self.weights) = (architecture, weights)
    program = CProgram(prefix, writesConstants: writesConstants)
  }

  mutating func write() throws -> CInterface {
    var interface = CInterface()
    addInputs(to: &interface)
    let layers = try architecture.weightedLayers()
    for number in architecture.topology.nodes.indices { try write(node: number, layers) }
    for (output, shape) in zip(architecture.topology.outputs, architecture.outputs) {
      try deliver(output, shape, to: &interface)
    }
    return interface
  }

  // MARK: Inputs and outputs

  private mutating func addInputs(to interface: inout CInterface) {
    let axes = axes
    let own = Set(axes.compactMap { if case .input(let number) = $0 { number } else { nil } })
    for (number, (input, shape)) in zip(architecture.topology.inputs, architecture.inputs).enumerated() {
      let name = program.names.unique(input.name)
      let parameter = CInterface.Parameter(
        label: input.name, name: name, element: shape.isTokens ? .id : .float, shape: shape,
        axis: axes[number],
        vocabulary: shape.isTokens ? architecture.vocabulary(ofInput: number) : nil)
      let value = program.add(
        CDescription(
          name: parameter.axis == nil ? name : program.names.unique("\(name)_now"),
          element: parameter.element,
          width: parameter.width, axis: parameter.axis, place: .argument(name)))
      values[.input(number)] = CInput(value: value, shape: shape, mask: nil)
      interface.inputs.append(parameter)
      if axes[number] == .input(number) {
        let steps = program.names.unique(own.count == 1 ? "steps" : "\(name)_steps")
        program.shared.stepNames[number] = steps
        interface.steps.append((number, steps, shape.steps ?? 1))
      }
    }
  }

  /// What counts the steps of each input: the first one of those that are read together, or a number where the network
  /// is for one number of steps only.
  private var axes: [CAxis?] {
    let shapes = architecture.inputs
    guard architecture.acceptsAnySteps else { return shapes.map { $0.steps.map { .fixed($0) } } }
    var first = Array(shapes.indices)
    func root(_ number: Int) -> Int { first[number] == number ? number : root(first[number]) }
    var sources: [Topology.Source: Int] = [:]
    for number in shapes.indices where shapes[number].steps != nil { sources[.input(number)] = number }
    for (number, node) in architecture.topology.nodes.enumerated() {
      let read = node.inputs.compactMap { sources[$0] }
      guard let one = read.first else { continue }
      let definition = architecture.topology.layer(node).definition
      let together = definition.directions.isEmpty ? read.dropFirst(definition.readsApartInC) : []
      for other in together.dropFirst() {
        let (a, b) = (root(together[together.startIndex]), root(other))
        first[max(a, b)] = min(a, b)
      }
      if architecture.shape(of: .node(number, output: 0)).steps != nil {
        sources[.node(number, output: 0)] = one
      }
    }
    return shapes.indices.map { shapes[$0].steps == nil ? nil : .input(root($0)) }
  }

  private mutating func deliver(
    _ output: Topology.Output, _ shape: ValueShape, to interface: inout CInterface
  ) throws {
    var value = try self.value(output.source).value
    let name = program.names.unique(
      architecture.topology.outputs.count == 1 && output.name == Topology.usualOutput ? "y" : output.name)
    let own = program[value]
    let isFree: Bool
    switch own.place {
    case .loop: isFree = own.argument == nil
    case .vector: isFree = own.argument == nil && own.home == nil
    case .argument, .anyLoop, .view: isFree = false
    }
    if !isFree {
      let call = CCall(program: program, name: name, inputs: [], weights: [:])
      value = call.each(own.width, [value], as: "_copy") { to, from in
        [call.call(copying: own.width, from[0], to)]
      }
    }
    program.deliver(value, to: name)
    interface.outputs.append(
      CInterface.Parameter(label: output.name, name: name, element: .float, shape: shape, axis: own.axis))
  }

  // MARK: Layers

  private func value(_ source: Topology.Source) throws -> CInput {
    guard let value = values[source] else {
      throw Failure(.software, "a layer reads a value that doesn't exist")
    }
    return value
  }

  private mutating func write(node number: Int, _ layers: [WeightedLayer]) throws {
    let node = architecture.topology.nodes[number]
    let layer = layers[node.layer]
    let inputs = try node.inputs.map { try value($0) }
    let own = try layer.byRole(weights, shape: \.tensor.shape)
    let call = CCall(
      program: inputs.first?.value.program ?? program, name: layer.name, inputs: inputs, weights: own)
    guard inputs.allSatisfy({ $0.value.program === call.program }) else {
      throw call.refusal("whose channels come from values that are not computed together")
    }
    let definition = layer.layer.definition
    let outputs = try definition.writeC(call)
    let mask = try definition.maskInC(call)
    for (index, output) in outputs.enumerated() {
      let source = Topology.Source.node(number, output: index)
      values[source] = CInput(
        value: output, shape: architecture.shape(of: source).ofChannel, mask: index == 0 ? mask : nil)
    }
  }
}
