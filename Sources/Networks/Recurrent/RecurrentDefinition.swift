// The common part of the recurrent layers: shapes, weights and states. Their options are in RecurrentTable.swift.

import Failures

/// A kind of recurrent layer.
protocol RecurrentDefinition: LayerDefinition {
  /// The options.
  var options: RecurrentOptions { get set }
  /// The names of the states.
  static var stateNames: [String] { get }
  /// Whether the output is the first state. If not, the output is no state: no other layer can start from it.
  static var outputIsState: Bool { get }
  /// The widths of the states.
  var stateWidths: [Int] { get }
  /// The number of gates in the columns of W, for an input of that width.
  func gates(inputWidth: Int) -> Int
  /// The products and the cell with these histories of the output and the states.
  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts
}

/// What computes the steps of a recurrent layer.
struct RecurrentParts {
  /// The products that don't depend on the state.
  let products: InputProducts
  let cell: any RecurrentCell
}

/// A recurrent layer whose state is multiplied by a matrix U, such as Keras's.
protocol RecurrentProductDefinition: RecurrentDefinition {
  /// The number of gates in the columns of W, U and b.
  static var gates: Int { get }
  /// Keras's shape of b.
  var biasShape: [Int] { get }
  /// The initial value of b.
  var biasInitializer: Initializer { get }
  /// The cell with these products and histories.
  func makeCell(_ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext) throws
    -> any RecurrentCell
}

extension RecurrentDefinition {
  static var outputHelp: String { "(units), or (steps, units)" }
  /// The input, and optionally an initial value of each state.
  static var arity: ClosedRange<Int> { 1...1 + stateNames.count }
  static var outputIsState: Bool { true }
  var stateWidths: [Int] { Self.stateNames.map { _ in options.units } }

  /// The width of the output.
  var outputWidth: Int { Self.outputIsState ? stateWidths[0] : options.units }
  /// The shapes of the states.
  var stateShapes: [ValueShape] { stateWidths.map { .vector(width: $0) } }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (steps, _) = try sequence(inputs[0])
    try checkInitialStates(Array(inputs.dropFirst()), like: stateShapes)
    if options.stateful && inputs.count > 1 {
      throw Failure.usage(
        "layer \(Self.name): it can't be stateful and have an initial state", remedy: "remove one of the two")
    }
    let output: ValueShape =
      options.returnSequences ? .sequence(steps: steps, width: outputWidth) : .vector(width: outputWidth)
    return [output] + (options.returnState ? stateShapes : [])
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try RecurrentLayer(self, inputs, context)
  }

  var directions: [any RecurrentDefinition] { [self] }
  var maskRule: MaskRule { options.returnSequences ? .keeps : .none }
  var takesMask: Bool { true }
  func readsByProducts(inputWidth: Int, isTraining: Bool) -> Bool { !(isTraining && options.dropout > 0) }
  var streamingObstacle: String? { options.goBackwards ? "goes backwards" : nil }

  /// The same layer in the opposite direction of time.
  func reversed(isTrainable: Bool) -> LayerSpec {
    var result = self
    result.options.goBackwards.toggle()
    return LayerSpec(result, isTrainable: isTrainable)
  }
}

extension LayerDefinition {
  /// Throws `Failure` (usage) unless there is no initial state, or one for each state.
  func checkInitialStates(_ given: [ValueShape], like states: [ValueShape]) throws {
    guard !given.isEmpty, given != states else { return }
    guard given.count == states.count else {
      throw Failure.usage(
        "layer \(Self.name): initial_state has \(counted(given.count, "value"))",
        remedy: states.count == 1 ? "it has one state" : "it has \(states.count) states: name one for each")
    }
    let wanted = states.map(\.description).joined(separator: " and ")
    let found = given.map(\.description).joined(separator: " and ")
    throw Failure.usage(
      "layer \(Self.name): its initial state is \(found), not \(wanted)",
      remedy: "a state is as wide as the layer that starts with it")
  }
}

// MARK: - Weights

extension RecurrentDefinition {
  /// W, for this number of gates.
  func kernelSpec(inputWidth: Int, gates: Int) -> WeightSpec {
    cellWeight(
      "kernel", [inputWidth, gates * options.units], gates: gates, options.kernelInitializer,
      options.kernelRegularizer)
  }

  /// A weight of the cell.
  func cellWeight(
    _ role: String, _ shape: [Int], gates: Int, _ initializer: Initializer, _ regularizer: Regularizer? = nil
  ) -> WeightSpec {
    var result = WeightSpec(
      role: role, shape: shape, gates: gates, initializer: initializer, regularizer: regularizer)
    result.holder = "cell"
    return result
  }
}

extension RecurrentDefinition {
  /// W, and b for all gates.
  func scanWeights(inputWidth: Int) -> [WeightSpec] {
    let gates = gates(inputWidth: inputWidth)
    let kernel = kernelSpec(inputWidth: inputWidth, gates: gates)
    let bias = cellWeight(
      "bias", [gates * options.units], gates: gates, options.biasInitializer, options.biasRegularizer)
    return options.useBias ? [kernel, bias] : [kernel]
  }
}

extension RecurrentProductDefinition {
  var biasShape: [Int] { [Self.gates * options.units] }
  var biasInitializer: Initializer { options.biasInitializer }
  func gates(inputWidth: Int) -> Int { Self.gates }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] { productWeights(inputWidth: inputs[0].width) }

  /// W, U and b; U has a row for each number of the output.
  func productWeights(inputWidth: Int) -> [WeightSpec] {
    let recurrent = cellWeight(
      "recurrent_kernel", [outputWidth, Self.gates * options.units], gates: Self.gates,
      options.recurrentInitializer, options.recurrentRegularizer)
    let bias = cellWeight("bias", biasShape, gates: Self.gates, biasInitializer, options.biasRegularizer)
    return [kernelSpec(inputWidth: inputWidth, gates: Self.gates), recurrent]
      + (options.useBias ? [bias] : [])
  }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    let products = try RecurrentProducts(
      input, options, gates: Self.gates, addsInputGradient: addsInputGradient, context)
    return RecurrentParts(products: products, cell: try makeCell(products, histories, context))
  }
}
