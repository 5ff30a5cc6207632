// The common part of SimpleRNN, LSTM and GRU: options, shapes and weights.

import Failures

/// A kind of recurrent layer.
protocol RecurrentDefinition: LayerDefinition {
  /// The options.
  var options: RecurrentOptions { get set }
  /// The number of gates in the columns of W, U and b.
  static var gates: Int { get }
  /// The names of the states, beginning with the output.
  static var stateNames: [String] { get }
  /// Keras's shape of b.
  var biasShape: [Int] { get }
  /// The initial value of b.
  var biasInitializer: Initializer { get }
  /// The cell with these products and states.
  func makeCell(_ products: RecurrentProducts, _ states: [Activation], _ context: LayerContext)
    -> any RecurrentCell
}

extension RecurrentDefinition {
  static var outputHelp: String { "(units), or (steps, units)" }
  /// The input, and optionally an initial value of each state.
  static var arity: ClosedRange<Int> { 1...1 + stateNames.count }
  var biasShape: [Int] { [Self.gates * options.units] }
  var biasInitializer: Initializer { options.biasInitializer }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    let (steps, _) = try sequence(inputs[0])
    let state = ValueShape.vector(width: options.units)
    try checkInitialStates(Array(inputs.dropFirst()), like: Self.stateNames.map { _ in state })
    if options.stateful && inputs.count > 1 {
      throw Failure.usage(
        "layer \(Self.name): it can't be stateful and have an initial state", remedy: "remove one of the two")
    }
    let output = options.returnSequences ? ValueShape.sequence(steps: steps, width: options.units) : state
    return [output] + (options.returnState ? Self.stateNames.map { _ in state } : [])
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let columns = Self.gates * options.units
    var kernel = WeightSpec(
      role: "kernel", shape: [inputs[0].width, columns], gates: Self.gates,
      initializer: options.kernelInitializer, regularizer: options.kernelRegularizer)
    var recurrent = WeightSpec(
      role: "recurrent_kernel", shape: [options.units, columns], gates: Self.gates,
      initializer: options.recurrentInitializer, regularizer: options.recurrentRegularizer)
    var bias = WeightSpec(
      role: "bias", shape: biasShape, gates: Self.gates, initializer: biasInitializer,
      regularizer: options.biasRegularizer)
    (kernel.holder, recurrent.holder, bias.holder) = ("cell", "cell", "cell")
    return options.useBias ? [kernel, recurrent, bias] : [kernel, recurrent]
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    try RecurrentLayer(self, inputs, context)
  }

  var directions: [any RecurrentDefinition] { [self] }
  var maskRule: MaskRule { options.returnSequences ? .keeps : .none }
  var takesMask: Bool { true }
  func readsByProducts(isTraining: Bool) -> Bool { !(isTraining && options.dropout > 0) }
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

// MARK: - Options

extension RecurrentDefinition {
  /// The options in Keras's order; some exist only for one kind.
  static func recurrentTable(
    _ name: String, _ defaults: Self, gates: [CallOption<Self>] = [], forget: [CallOption<Self>] = [],
    own: [CallOption<Self>] = []
  ) -> OptionTable<Self> {
    let size: [CallOption<Self>] = [
      .size("units", \.options.units, "width of the output and of each state"),
      CallOption("activation", \.options.activation, "function of the candidate and the output"),
    ]
    return OptionTable(
      name: name, defaults: defaults, positions: 2, required: 1,
      options: size + gates + weightOptions(forget) + flowOptions + own)
  }

  /// The gates' activation.
  static var gateOptions: [CallOption<Self>] {
    [CallOption("recurrent_activation", \.options.recurrentActivation, "function of the gates")]
  }

  /// Initializers and regularizers.
  private static func weightOptions(_ forget: [CallOption<Self>]) -> [CallOption<Self>] {
    let initial: [CallOption<Self>] = [
      CallOption("use_bias", \.options.useBias, "whether there is a bias b"),
      CallOption("kernel_initializer", \.options.kernelInitializer, "initial W"),
      CallOption("recurrent_initializer", \.options.recurrentInitializer, "initial U"),
      CallOption("bias_initializer", \.options.biasInitializer, "initial b"),
    ]
    let penalties: [CallOption<Self>] = [
      CallOption("kernel_regularizer", \.options.kernelRegularizer, "penalty on W"),
      CallOption("recurrent_regularizer", \.options.recurrentRegularizer, "penalty on U"),
      CallOption("bias_regularizer", \.options.biasRegularizer, "penalty on b"),
      CallOption("activity_regularizer", \.options.activityRegularizer, "penalty on the output"),
    ]
    return initial + forget + penalties
  }

  /// Dropout, and how the layer processes time.
  private static var flowOptions: [CallOption<Self>] {
    [
      .rate("dropout", \.options.dropout, "share of the input dropped in training"),
      .rate("recurrent_dropout", \.options.recurrentDropout, "share of the state dropped in training"),
      CallOption("return_sequences", \.options.returnSequences, "output every step, not only the last one"),
      CallOption("return_state", \.options.returnState, "make the final states available to other layers"),
      CallOption("go_backwards", \.options.goBackwards, "process the steps from last to first"),
      CallOption("stateful", \.options.stateful, "start from the same row's state in the previous batch"),
    ]
  }
}
