// From the plan of a network to its layers.

import Failures

/// The input's memory: token ids or numbers.
struct NetworkInput {
  var tokens: TokenInput?
  var features: Activation?

  /// - Parameters:
  ///   - places: where shards have their numbers; all of a batch's ids are kept.
  ///   - isTraining: whether memory for training is needed.
  init(
    _ architecture: Architecture, rows: Int, places: ActivationPlaces, sharesPrefix: Bool, isTraining: Bool
  ) {
    switch architecture.input {
    case .tokens(let steps): tokens = TokenInput(rows: rows, steps: steps, sharesPrefix: sharesPrefix)
    case .features(let steps, let width):
      features = Activation(
        places, steps: steps, width: width, hasGradient: false,
        isPacked: architecture.layers.first?.readsByProducts(isTraining: isTraining) == true)
    }
  }
}

/// Builds layers one after another, each on the output of the one before.
struct NetworkBuilder {
  let store: ParameterStore
  let rows: Int
  let workers: Int
  let isTraining: Bool
  let isStreaming: Bool
  /// Where shards have the values of the layer that is built: of its own for what is read after the batch.
  var places: ActivationPlaces

  mutating func build(_ architecture: Architecture, _ input: NetworkInput) throws -> [any Layer] {
    var layers: [any Layer] = []
    var current = input.features
    // A layer that keeps the steps hands the mask on as it is, one that goes backwards too, as in Keras.
    var mask: Mask?
    for (number, (spec, names)) in zip(architecture.layers, architecture.names).enumerated() {
      let next = number + 1 < architecture.layers.count ? architecture.layers[number + 1] : nil
      if handsOut(number, of: architecture) { places = .batch(rows: rows) }
      let source = layers.last.flatMap { $0 as? Embedding }.flatMap { $0.isProjected ? $0 : nil }
      let layer = try layer(
        spec, names, number: number, before: next, tokens: input.tokens,
        input: source.map(RecurrentInput.tokens) ?? current.map(RecurrentInput.values))
      if layer.output.isSequence, layer.output.mask == nil { layer.output.mask = mask }
      mask = layer.output.mask
      if !isTraining, architecture.walksForward(after: number) {
        (layer as? RecurrentLayer)?.handOnPrefix()
      }
      layers.append(layer)
      current = layer.output
    }
    return layers
  }

  /// Whether layer `number` makes the network's output: the last one, but for dropouts, which hand on what they
  /// are given.
  private func handsOut(_ number: Int, of architecture: Architecture) -> Bool {
    architecture.layers[(number + 1)...].allSatisfy(\.isDropout)
  }

  private func layer(
    _ spec: LayerSpec, _ names: LayerNames, number: Int, before next: LayerSpec?, tokens: TokenInput?,
    input: RecurrentInput?
  ) throws -> any Layer {
    let context = context(names.name)
    if case .embedding(let options) = spec, let tokens {
      return Embedding(
        options, isProjected: next?.readsByProducts(isTraining: isTraining) == true, input: tokens, context)
    }
    guard let input else { throw Failure(.software, "layer \(spec.name) has no input") }
    let values = input.activation
    switch spec {
    case .masking(let value): return Masking(value: value, input: values, context)
    case .dropout(let rate): return Dropout(rate: rate, number: number, input: values, context)
    case .spatialDropout1D(let rate):
      return Dropout(rate: rate, isSpatial: true, number: number, input: values, context)
    case .dense(let options): return Dense(options, input: values, context)
    case .timeDistributed(let options):
      return Dense(options, kind: "TimeDistributed", input: values, context)
    case .layerNormalization(let options): return LayerNormalization(options, input: values, context)
    case .globalAveragePooling1D: return GlobalAveragePooling1D(input: values, context)
    case .globalMaxPooling1D: return GlobalMaxPooling1D(input: values, context)
    case .bidirectional(let options): return try bidirectional(options, names.name, input)
    default: return try recurrent(spec, input, context)
    }
  }

  private func bidirectional(
    _ options: BidirectionalOptions, _ name: String, _ input: RecurrentInput
  ) throws -> Bidirectional {
    let first = try recurrent(options.forward, input, context("\(name).forward"))
    let second = try recurrent(
      options.backward, input, context("\(name).backward"), addsInputGradient: true)
    return Bidirectional(first, second, options.merge, context(name))
  }

  /// - Parameter addsInputGradient: so for the second direction of two.
  private func recurrent(
    _ spec: LayerSpec, _ input: RecurrentInput, _ context: LayerContext, addsInputGradient adds: Bool = false
  ) throws -> RecurrentLayer {
    switch spec {
    case .simpleRNN(let options): return SimpleRNN(options, input: input, addsInputGradient: adds, context)
    case .lstm(let options): return LSTM(options, input: input, addsInputGradient: adds, context)
    case .gru(let options): return GRU(options, input: input, addsInputGradient: adds, context)
    default: throw Failure(.software, "layer \(spec.name) can't be built")
    }
  }

  private func context(_ name: String) -> LayerContext {
    LayerContext(
      name: name, store: store, rows: rows, workers: workers, isTraining: isTraining, places: places,
      isStreaming: isStreaming
    )
  }
}

extension Architecture {
  /// Whether rows that are padded in front walk their padding together: a recurrent layer that runs forward
  /// must read the ids, all rows must begin in one state and drop nothing, and no mask must pass over padding.
  func sharesPrefix(isTraining: Bool) -> Bool {
    guard !isStateful, layers.count > 1, layers[1].readsByProducts(isTraining: isTraining) else {
      return false
    }
    if case .embedding(let options) = layers[0], options.maskZero { return false }
    let walks = layers[1].recurrentOptions.map { [$0] } ?? layers[1].wrapped.compactMap(\.recurrentOptions)
    return !walks[0].goBackwards
      && walks.allSatisfy { !(isTraining && $0.recurrentDropout > 0) }
  }

  /// Whether a recurrent layer that runs forward reads what layer `number` gives; in prediction, where dropout
  /// is nothing.
  fileprivate func walksForward(after number: Int) -> Bool {
    let reader = layers[(number + 1)...].first { !$0.isDropout }
    return reader?.recurrentOptions?.goBackwards == false
  }

  /// Whether some of the network's outputs may be masked: then none can be judged before the whole batch is
  /// through, since the loss is a mean over those that count.
  func masksOutputs() throws -> Bool {
    let isSequence = try shapes().last?.count == 2
    return isSequence
      && layers.contains { layer in
        switch layer {
        case .masking: true
        case .embedding(let options): options.maskZero
        default: false
        }
      }
  }

  /// Whether a row begins with the state that the same row of the batch before ended with.
  public var isStateful: Bool {
    layers.contains { layer in
      ([layer] + layer.wrapped).contains { $0.recurrentOptions?.stateful == true }
    }
  }
}

extension LayerSpec {
  /// Whether the layer hands on what it is given, except in training.
  fileprivate var isDropout: Bool {
    switch self {
    case .dropout, .spatialDropout1D: true
    default: false
    }
  }

  /// Whether the layer reads its input by products alone, value by value: then an embedding's output can be
  /// taken token by token, and numbers lie side by side without padding. With dropout on the input in training,
  /// each row has vectors of its own.
  fileprivate func readsByProducts(isTraining: Bool) -> Bool {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options):
      !(isTraining && options.dropout > 0)
    case .bidirectional(let options):
      options.forward.readsByProducts(isTraining: isTraining)
        && options.backward.readsByProducts(isTraining: isTraining)
    default: false
    }
  }
}
