// Which options each layer has, in Keras's order, with Keras's names.

import Kernels

extension OptionTable<RecurrentOptions> {
  static let simpleRNN = recurrent("simple_rnn", gates: [], own: [])
  static let lstm = recurrent(
    "lstm", gates: gateActivation, forget: [LayerOption("unit_forget_bias", \.unitForgetBias)], own: [])
  static let gru = recurrent("gru", gates: gateActivation, own: [LayerOption("reset_after", \.resetAfter)])

  private static let gateActivation = [
    LayerOption("recurrent_activation", \RecurrentOptions.recurrentActivation)
  ]

  private static func recurrent(
    _ name: String, gates: [LayerOption<RecurrentOptions>], forget: [LayerOption<RecurrentOptions>] = [],
    own: [LayerOption<RecurrentOptions>]
  ) -> Self {
    OptionTable(
      name: name, defaults: RecurrentOptions(units: 0), positions: 2, required: 1,
      refused: ["return_state": "in a chain of layers nothing reads the state: leave it out"],
      options: [.size("units", \.units), LayerOption("activation", \.activation)] + gates + weights(forget)
        + flow + own)
  }

  /// How weights start and what they cost.
  private static func weights(_ forget: [LayerOption<RecurrentOptions>]) -> [LayerOption<RecurrentOptions>] {
    [
      LayerOption("use_bias", \.useBias), LayerOption("kernel_initializer", \.kernelInitializer),
      LayerOption("recurrent_initializer", \.recurrentInitializer),
      LayerOption("bias_initializer", \.biasInitializer),
    ] + forget + [
      LayerOption("kernel_regularizer", \.kernelRegularizer),
      LayerOption("recurrent_regularizer", \.recurrentRegularizer),
      LayerOption("bias_regularizer", \.biasRegularizer),
      LayerOption("activity_regularizer", \.activityRegularizer),
    ]
  }

  /// The way through time.
  private static let flow: [LayerOption<RecurrentOptions>] = [
    .rate("dropout", \.dropout), .rate("recurrent_dropout", \.recurrentDropout),
    LayerOption("return_sequences", \.returnSequences), LayerOption("go_backwards", \.goBackwards),
    LayerOption("stateful", \.stateful),
  ]
}

extension OptionTable<EmbeddingOptions> {
  static let embedding = OptionTable(
    name: "embedding", defaults: EmbeddingOptions(vocabulary: 0, width: 0), positions: 2, required: 2,
    options: [
      .size("input_dim", \.vocabulary), .size("output_dim", \.width),
      LayerOption("embeddings_initializer", \.initializer),
      LayerOption("embeddings_regularizer", \.regularizer), LayerOption("mask_zero", \.maskZero),
    ])
}

extension OptionTable<DenseOptions> {
  static let dense = OptionTable(
    name: "dense", defaults: DenseOptions(units: 0), positions: 2, required: 1,
    options: [
      .size("units", \.units), LayerOption("activation", \.activation), LayerOption("use_bias", \.useBias),
      LayerOption("kernel_initializer", \.kernelInitializer),
      LayerOption("bias_initializer", \.biasInitializer),
      LayerOption("kernel_regularizer", \.kernelRegularizer),
      LayerOption("bias_regularizer", \.biasRegularizer),
      LayerOption("activity_regularizer", \.activityRegularizer),
    ])
}

extension OptionTable<LayerNormalizationOptions> {
  static let layerNormalization = OptionTable(
    name: "layer_norm", defaults: LayerNormalizationOptions(),
    options: [
      .number("epsilon", \.epsilon, in: 0...1), LayerOption("center", \.center),
      LayerOption("scale", \.scale), LayerOption("beta_initializer", \.betaInitializer),
      LayerOption("gamma_initializer", \.gammaInitializer),
      LayerOption("beta_regularizer", \.betaRegularizer),
      LayerOption("gamma_regularizer", \.gammaRegularizer),
    ])
}

extension OptionTable<Float> {
  static let dropout = OptionTable(
    name: "dropout", defaults: 0, positions: 1, required: 1, options: [.rate("rate", \.self)])
  static let spatialDropout1D = OptionTable(
    name: "spatial_dropout1d", defaults: 0, positions: 1, required: 1, options: [.rate("rate", \.self)])
  static let masking = OptionTable(
    name: "masking", defaults: 0, positions: 1, options: [LayerOption("mask_value", \.self)])
}

extension OptionTable<BidirectionalOptions> {
  static let bidirectional = OptionTable(
    name: "bidirectional", defaults: BidirectionalOptions(.lstm(RecurrentOptions(units: 0))), positions: 1,
    required: 1,
    options: [
      LayerOption("layer", \.forward), LayerOption("merge", \.merge),
      LayerOption("backward_layer", \.ownBackward),
    ])
}

extension OptionTable<LayerSpec> {
  static let timeDistributed = OptionTable(
    name: "time_distributed", defaults: .dense(DenseOptions(units: 0)), positions: 1, required: 1,
    options: [LayerOption("layer", \.self)])
}

/// The options of a layer that has none.
struct NoOptions: Sendable {}

extension OptionTable<NoOptions> {
  static let globalAveragePooling1D = OptionTable(
    name: "global_average_pooling1d", defaults: NoOptions(), options: [])
  static let globalMaxPooling1D = OptionTable(
    name: "global_max_pooling1d", defaults: NoOptions(), options: [])
}
