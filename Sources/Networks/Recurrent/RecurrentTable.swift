// The options of the recurrent layers, in Keras's order; some exist only for some kinds.

import OptionSyntax

extension RecurrentDefinition {
  /// The options of a layer whose state is multiplied by a matrix.
  static func recurrentTable(
    _ name: String, _ defaults: Self, gates: [CallOption<Self>] = [], forget: [CallOption<Self>] = [],
    own: [CallOption<Self>] = [], hasActivation: Bool = true
  ) -> OptionTable<Self> {
    let activation: [CallOption<Self>] =
      hasActivation
      ? [CallOption("activation", \.options.activation, "function of the candidate and the output")] : []
    return OptionTable(
      name: name, defaults: defaults, positions: 1 + activation.count, required: 1,
      options: [units] + activation + gates + weightOptions(forget) + flowOptions(recurrentDropout) + own)
  }

  /// The options of a layer whose gates don't depend on the state, or only elementwise.
  ///
  /// - Parameter positions: how many options, from the first, can be positional.
  static func scanTable(
    _ name: String, _ defaults: Self, positions: Int = 1, own: [CallOption<Self>]
  ) -> OptionTable<Self> {
    let weights: [CallOption<Self>] = [
      useBias, kernelInitializer, biasInitializer, kernelRegularizer, biasRegularizer, activityRegularizer,
    ]
    return OptionTable(
      name: name, defaults: defaults, positions: positions, required: 1,
      options: [units] + own + weights + flowOptions([]))
  }

  private static var units: CallOption<Self> {
    .size("units", \.options.units, "width of the output and of each state")
  }

  /// The gates' activation.
  static var gateOptions: [CallOption<Self>] {
    [CallOption("recurrent_activation", \.options.recurrentActivation, "function of the gates")]
  }

  /// An LSTM's initial forget gate.
  static var forgetOptions: [CallOption<Self>] {
    [CallOption("unit_forget_bias", \.options.unitForgetBias, "whether the forget gate's b starts at 1")]
  }

  /// Initializers and regularizers.
  private static func weightOptions(_ forget: [CallOption<Self>]) -> [CallOption<Self>] {
    let initial: [CallOption<Self>] = [
      useBias, kernelInitializer,
      CallOption("recurrent_initializer", \.options.recurrentInitializer, "initial U"),
      biasInitializer,
    ]
    let penalties: [CallOption<Self>] = [
      kernelRegularizer,
      CallOption("recurrent_regularizer", \.options.recurrentRegularizer, "penalty on U"),
      biasRegularizer, activityRegularizer,
    ]
    return initial + forget + penalties
  }

  private static var useBias: CallOption<Self> {
    CallOption("use_bias", \.options.useBias, "whether there is a bias b")
  }
  private static var kernelInitializer: CallOption<Self> {
    CallOption("kernel_initializer", \.options.kernelInitializer, "initial W")
  }
  private static var biasInitializer: CallOption<Self> {
    CallOption("bias_initializer", \.options.biasInitializer, "initial b")
  }
  private static var kernelRegularizer: CallOption<Self> {
    CallOption("kernel_regularizer", \.options.kernelRegularizer, "penalty on W")
  }
  private static var biasRegularizer: CallOption<Self> {
    CallOption("bias_regularizer", \.options.biasRegularizer, "penalty on b")
  }
  private static var activityRegularizer: CallOption<Self> {
    CallOption("activity_regularizer", \.options.activityRegularizer, "penalty on the output")
  }

  private static var recurrentDropout: [CallOption<Self>] {
    [.rate("recurrent_dropout", \.options.recurrentDropout, "share of the state dropped in training")]
  }

  /// Dropout, and how the layer processes time.
  private static func flowOptions(_ recurrentDropout: [CallOption<Self>]) -> [CallOption<Self>] {
    let dropout: [CallOption<Self>] =
      [.rate("dropout", \.options.dropout, "share of the input dropped in training")] + recurrentDropout
    let flow: [CallOption<Self>] = [
      CallOption("return_sequences", \.options.returnSequences, "output every step, not only the last one"),
      CallOption("return_state", \.options.returnState, "make the final states available to other layers"),
      CallOption("go_backwards", \.options.goBackwards, "process the steps from last to first"),
      CallOption("stateful", \.options.stateful, "start from the same row's state in the previous batch"),
    ]
    return dropout + flow
  }
}
