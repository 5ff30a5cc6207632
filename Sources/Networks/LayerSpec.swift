// What a layer is, before it is built: its kind and its options.

/// A layer's kind and options.
public indirect enum LayerSpec: Sendable, Equatable {
  case embedding(EmbeddingOptions)
  /// Steps at which every feature is `value` are passed over.
  case masking(value: Float)
  case simpleRNN(RecurrentOptions)
  case lstm(RecurrentOptions)
  case gru(RecurrentOptions)
  case bidirectional(BidirectionalOptions)
  case dense(DenseOptions)
  /// A dense layer on every step.
  case timeDistributed(DenseOptions)
  case layerNormalization(LayerNormalizationOptions)
  case dropout(rate: Float)
  /// Whole features are dropped, at all steps of a row.
  case spatialDropout1D(rate: Float)
  case globalAveragePooling1D
  case globalMaxPooling1D

  /// The layer's name in a layers string.
  public var name: String {
    switch self {
    case .embedding: "embedding"
    case .masking: "masking"
    case .simpleRNN: "simple_rnn"
    case .lstm: "lstm"
    case .gru: "gru"
    case .bidirectional: "bidirectional"
    case .dense: "dense"
    case .timeDistributed: "time_distributed"
    case .layerNormalization: "layer_norm"
    case .dropout: "dropout"
    case .spatialDropout1D: "spatial_dropout1d"
    case .globalAveragePooling1D: "global_average_pooling1d"
    case .globalMaxPooling1D: "global_max_pooling1d"
    }
  }

  /// The name by which Keras numbers layers of this kind, and weights are named.
  public var numberedName: String {
    if case .layerNormalization = self { "layer_normalization" } else { name }
  }

  /// The options of a recurrent layer.
  public var recurrentOptions: RecurrentOptions? {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options): options
    default: nil
    }
  }

  /// The layers that a wrapper holds; Keras numbers them before it.
  public var wrapped: [LayerSpec] {
    switch self {
    case .bidirectional(let options): [options.forward] + (options.ownBackward.map { [$0] } ?? [])
    case .timeDistributed(let options): [.dense(options)]
    default: []
    }
  }

  /// The same layer, walking time the other way; itself where it doesn't walk.
  var reversed: LayerSpec {
    guard var options = recurrentOptions else { return self }
    options.goBackwards.toggle()
    return with(options)
  }

  private func with(_ options: RecurrentOptions) -> LayerSpec {
    switch self {
    case .simpleRNN: .simpleRNN(options)
    case .lstm: .lstm(options)
    case .gru: .gru(options)
    default: self
    }
  }
}
