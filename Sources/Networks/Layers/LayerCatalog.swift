// All kinds of layers. A new kind is a type in its own file and a line here.

/// The kinds of layers.
public enum LayerCatalog {
  /// Every kind, in the order of the documentation.
  static let kinds: [any LayerDefinition.Type] = [
    Embedding.self, WordCharacters.self, Masking.self,
    SimpleRNN.self, LSTM.self, GRU.self,
    MinGRU.self, MinLSTM.self, SRU.self, SLSTM.self, PeepholeLSTM.self, LayerNormLSTM.self,
    Bidirectional.self,
    Dense.self, Conv1D.self, TimeDistributed.self, ActivationLayer.self, ReLU.self, LeakyReLU.self,
    LayerNormalization.self, BatchNormalization.self, Dropout.self, SpatialDropout1D.self, RepeatVector.self,
    Flatten.self,
    Reshape.self, Cropping1D.self,
    MaxPooling1D.self, AveragePooling1D.self,
    GlobalAveragePooling1D.self, GlobalMaxPooling1D.self,
    LastStep.self, ChannelSegments.self, SegmentGRU.self, JoinChannels.self, Ascending.self,
    Concatenate.self, Add.self, Subtract.self, Multiply.self, Average.self, Maximum.self, Minimum.self,
    Dot.self, Attention.self, AdditiveAttention.self, ConditionalRandomField.self,
  ]

  /// The names that a layers string can use.
  public static let names = kinds.map { $0.name }

  /// The documentation of each kind, in order.
  public static let help = kinds.map { LayerHelp($0) }

  /// The kind of that name in a layers string.
  static func kind(named name: String) -> (any LayerDefinition.Type)? { kinds.first { $0.name == name } }

  /// The kind of Keras's class.
  static func kind(kerasClass name: String) -> (any LayerDefinition.Type)? {
    kinds.first { $0.isInKeras && $0.kerasClass == name }
  }
}

/// The documentation of one kind of layer.
public struct LayerHelp: Sendable {
  /// Its name in a layers string.
  public let name: String
  /// What one row of its output is.
  public let output: String
  /// Its options.
  public let options: [OptionHelp]

  fileprivate init(_ kind: any LayerDefinition.Type) {
    name = kind.name
    output = kind.outputHelp
    options = kind.optionHelp
  }
}

extension LayerDefinition {
  fileprivate static var optionHelp: [OptionHelp] { table.help }
}
