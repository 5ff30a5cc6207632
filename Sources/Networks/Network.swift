// A network that runs: layers built from an architecture, over memory taken once.

import Failures
import Kernels

/// The layers of an architecture, built for batches of up to `rows` rows.
public final class Network {
  /// What the network was built from.
  public let architecture: Architecture
  /// The most rows of a batch.
  public let rows: Int
  /// The layers in order.
  public let layers: [any Layer]
  /// All weights.
  public let store: ParameterStore
  /// The last layer's output.
  public var output: Activation { layers[layers.count - 1].output }
  private let tokens: TokenInput?
  private let features: Activation?
  /// The cut of the batch that is loaded.
  public private(set) var plan = ShardPlan(rows: 0)

  /// Builds the layers; weights are zero until `store.initialize` or `Parameter.assign`.
  ///
  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - workers: how many threads may work on it at once.
  ///   - isTraining: whether memory for gradients is needed.
  public init(_ architecture: Architecture, rows: Int, workers: Int, isTraining: Bool) throws {
    self.architecture = architecture
    self.rows = rows
    _ = try architecture.shapes()
    let input = NetworkInput(architecture.input, rows: rows, sharesPrefix: architecture.sharesPrefix)
    tokens = input.tokens
    features = input.features
    store = ParameterStore()
    var builder = NetworkBuilder(store: store, rows: rows, workers: workers, isTraining: isTraining)
    layers = try builder.build(architecture, input)
    store.allocate(training: isTraining)
  }

  /// All weights, in the layers' order.
  public var parameters: [Parameter] { layers.flatMap(\.parameters) }

  /// The weight of that name.
  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// How many ids the embedding knows, where token ids come in; else nil.
  public var vocabulary: Int? { (layers.first as? Embedding)?.vocabulary }

  // MARK: A batch

  /// Begins a batch of `rows` rows; its shards are loaded one by one.
  public func begin(rows: Int) { plan = ShardPlan(rows: rows) }

  /// Takes in a shard's token ids: row i is row `order[first + i]` of row-major `source` [.., steps]; every
  /// id is below the vocabulary.
  public func load(tokens source: [Int32], _ order: [Int], first: Int, _ shard: Shard) {
    tokens?.load(source, order, first: first, shard)
  }

  /// Takes in a shard's numbers: row i is row `order[first + i]` of row-major `source` [.., steps, features].
  public func load(features source: [Float], _ order: [Int], first: Int, _ shard: Shard) {
    features?.load(source, order, first: first, shard)
  }

  /// Whether layers share work among the whole batch: `project` before its shards, `finishBackward` after.
  public var sharesWork: Bool { tokens != nil }

  /// Makes the layers ready for the batch that is loaded.
  public func beginBatch(_ pass: Pass) { for layer in layers { layer.beginBatch(plan, pass) } }

  /// What the whole batch shares, part `part` of as many as there are shards.
  public func project(part: Int, worker: Int, _ pass: Pass) {
    for layer in layers { layer.project(part: part, of: plan.count, worker: worker, pass) }
  }

  /// Gradients of what the batch shares, part `part` of as many as there are shards.
  public func finishBackward(part: Int, worker: Int) {
    for layer in layers { layer.finishBackward(part: part, of: plan.count, worker: worker, plan) }
  }

  /// The row of the batch that stands at `place`: rows are ordered anew where they share their padding.
  public func row(at place: Int) -> Int { tokens?.prefix?.row(at: place) ?? place }

  /// The output as row-major `[rows, steps, width]`, rows in the order in which they were given.
  public func outputArray() -> [Float] {
    let values = output.array(plan: plan)
    guard tokens?.prefix != nil, plan.rows > 0 else { return values }
    var result = values
    let width = values.count / plan.rows
    for place in 0..<plan.rows {
      let row = row(at: place)
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: values[place * width..<(place + 1) * width])
    }
    return result
  }

  /// Prepares weights for a pass; one layer after another.
  public func prepare(_ pass: Pass) { for layer in layers { layer.prepare(pass) } }

  /// Runs all layers on a shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    for layer in layers { layer.forward(shard, pass) }
  }

  /// Runs all layers backward on a shard, from `output`'s gradients to the shard's weight gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    store.clearGradients(shard)
    for layer in layers.reversed() { layer.backward(shard, pass) }
  }
}

/// The input's memory: token ids or numbers.
struct NetworkInput {
  var tokens: TokenInput?
  var features: Activation?

  init(_ shape: InputShape, rows: Int, sharesPrefix: Bool) {
    switch shape {
    case .tokens(let steps): tokens = TokenInput(rows: rows, steps: steps, sharesPrefix: sharesPrefix)
    case .features(let steps, let width):
      features = Activation(rows: rows, steps: steps, width: width, hasGradient: false)
    }
  }
}

/// Builds layers one after another, each on the output of the one before.
struct NetworkBuilder {
  let store: ParameterStore
  let rows: Int
  let workers: Int
  let isTraining: Bool

  mutating func build(_ architecture: Architecture, _ input: NetworkInput) throws -> [any Layer] {
    var layers: [any Layer] = []
    var current = input.features
    for (number, (spec, names)) in zip(architecture.layers, architecture.names).enumerated() {
      let next = number + 1 < architecture.layers.count ? architecture.layers[number + 1] : nil
      let source = layers.last.flatMap { $0 as? Embedding }.flatMap { $0.isProjected ? $0 : nil }
      let layer = try layer(
        spec, names, number: number, before: next, tokens: input.tokens,
        input: source.map(RecurrentInput.tokens) ?? current.map(RecurrentInput.values))
      layers.append(layer)
      current = layer.output
    }
    return layers
  }

  private func layer(
    _ spec: LayerSpec, _ names: (name: String, inner: String?), number: Int, before next: LayerSpec?,
    tokens: TokenInput?, input: RecurrentInput?
  ) throws -> any Layer {
    let context = context(names.name)
    if case .embedding(let vocabulary, let width) = spec, let tokens {
      return Embedding(
        vocabulary: vocabulary, width: width, isProjected: next?.projectsTokens == true, input: tokens,
        context)
    }
    guard let input else { throw Failure(.software, "layer \(spec.name) has no input") }
    let values = input.activation
    switch spec {
    case .dropout(let rate): return Dropout(rate: rate, number: number, input: values, context)
    case .dense(let units, let function, let useBias):
      return Dense(units: units, function, useBias: useBias, input: values, context)
    case .bidirectional(let inner, let merge):
      return try bidirectional(inner, merge, names, input)
    default: return try recurrent(spec, input, context, backwards: nil)
    }
  }

  private func bidirectional(
    _ inner: LayerSpec, _ merge: MergeMode, _ names: (name: String, inner: String?), _ input: RecurrentInput
  ) throws -> Bidirectional {
    let first = try recurrent(inner, input, context("\(names.name).forward"), backwards: false)
    let second = try recurrent(inner, input, context("\(names.name).backward"), backwards: true)
    return Bidirectional(first, second, merge, context(names.name))
  }

  private func recurrent(
    _ spec: LayerSpec, _ input: RecurrentInput, _ context: LayerContext, backwards: Bool?
  ) throws -> RecurrentLayer {
    guard var options = spec.recurrentOptions else {
      throw Failure(.software, "layer \(spec.name) can't be built")
    }
    options.goBackwards = backwards ?? options.goBackwards
    // The second direction of two adds to the gradient that the first one wrote.
    let adds = backwards == true
    switch spec {
    case .lstm: return LSTM(options, input: input, addsInputGradient: adds, context)
    case .gru: return GRU(options, input: input, addsInputGradient: adds, context)
    default: return SimpleRNN(options, input: input, addsInputGradient: adds, context)
    }
  }

  private func context(_ name: String) -> LayerContext {
    LayerContext(name: name, store: store, rows: rows, workers: workers, isTraining: isTraining)
  }
}

extension Architecture {
  /// Whether rows that are padded in front walk their padding together: a recurrent layer that runs forward
  /// must read the ids.
  fileprivate var sharesPrefix: Bool {
    guard layers.count > 1, layers[1].projectsTokens else { return false }
    return !(layers[1].recurrentOptions?.goBackwards ?? false)
  }
}

extension LayerSpec {
  /// Whether the layer takes an embedding's output token by token.
  fileprivate var projectsTokens: Bool {
    switch self {
    case .simpleRNN, .lstm, .gru: true
    case .bidirectional(let inner, _): inner.projectsTokens
    default: false
    }
  }
}
