// A vector for each word from its characters: the last states of a recurrent layer that reads them in both directions
// (Ling et al. 2015, Lample et al. 2016). In Keras's terms, on characters `[steps, length]`:
//
//   TimeDistributed(Bidirectional(LSTM(units)))(Embedding(input_dim, output_dim, mask_zero=True)(characters))
//
// Characters with id 0 are masked, and so are steps without any character, whose vector is 0. The layer runs once for each distinct
// word of a batch (WordCharactersLayer.swift).

import Failures

/// A bidirectional layer over the characters of each word.
struct WordCharacters: LayerDefinition {
  static let table = OptionTable(
    name: "word_characters",
    defaults: WordCharacters(size: 0, width: 0, layer: LayerSpec(LSTM(options: RecurrentOptions(units: 0)))),
    positions: 3, required: 3,
    options: [
      .size("input_dim", \.size, "number of character ids"),
      .size("output_dim", \.width, "width of a character's vector"),
      CallOption("layer", \.layer, "the forward layer: simple_rnn, lstm or gru"),
      CallOption("embeddings_initializer", \.initializer, "initial vectors of the characters"),
      CallOption("embeddings_regularizer", \.regularizer, "penalty on all vectors"),
    ])
  static let kerasClass = "WordCharacters"
  static let isInKeras = false
  static let outputHelp = "(steps, units of both directions)"

  var size: Int
  var width: Int
  var layer: LayerSpec
  var initializer = Initializer.uniform(low: -0.05, high: 0.05)
  var regularizer: Regularizer?

  /// The vectors of the characters.
  var embedding: Embedding {
    Embedding(size: size, width: width, initializer: initializer, regularizer: regularizer, maskZero: true)
  }

  /// The layer in both directions.
  var both: Bidirectional { Bidirectional(forward: layer) }

  func checked() throws -> WordCharacters {
    _ = try both.checked()
    let options = layer.definition.directions.first?.options
    let refused = [
      ("return_sequences", options?.returnSequences == true), ("return_state", options?.returnState == true),
      ("stateful", options?.stateful == true), ("activity_regularizer", options?.activityRegularizer != nil),
    ]
    if let (name, _) = refused.first(where: \.1) {
      throw Failure.usage(
        "layer word_characters: '\(name)' isn't supported", remedy: "remove it from the wrapped layer")
    }
    return self
  }

  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape] {
    guard case .characters(let steps, let length) = inputs[0] else {
      throw Failure.usage(
        "layer word_characters expects the characters of words, not \(inputs[0])",
        remedy: "let it read the column chars of rnn-tokenize")
    }
    let word = try both.outputs([.sequence(steps: length, width: width)])[0]
    return [.sequence(steps: steps, width: word.width)]
  }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    try embedding.weights([.tokens(steps: 1)]) + both.weights([.sequence(steps: 1, width: width)])
  }

  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer {
    guard case .tokens(let characters) = inputs[0] else {
      throw Failure(.software, "layer word_characters expects the characters of words")
    }
    return try WordCharactersLayer(self, characters, context)
  }

  var maskRule: MaskRule { .steps }
  var vocabulary: Int? { size }
  var readsCharacters: Bool { true }
  var streamingObstacle: String? { "reads the characters of whole words" }
}
