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
  ///   - isStreaming: whether all recurrent layers carry their state on, as for prediction step by step.
  ///   - keepsStateGradients: whether a backward pass leaves each row's `RecurrentLayer.stateGradients`, for
  ///     which every row walks its padding by itself.
  ///   - keepsActivations: whether every layer's output, and its gradient, can be read after a batch; else the
  ///     last one's alone.
  public init(
    _ architecture: Architecture, rows: Int, workers: Int, isTraining: Bool, isStreaming: Bool = false,
    keepsStateGradients: Bool = false, keepsActivations: Bool = false
  ) throws {
    self.architecture = architecture
    self.rows = rows
    let keepsAll = try architecture.masksOutputs() || keepsActivations
    let places = keepsAll ? ActivationPlaces.batch(rows: rows) : .threads(workers, rows: rows)
    // A stream's rows begin in states of their own; a row's own gradients need its own padding.
    let input = NetworkInput(
      architecture, rows: rows, places: places,
      sharesPrefix: !isStreaming && !keepsStateGradients
        && architecture.sharesPrefix(isTraining: isTraining), isTraining: isTraining)
    tokens = input.tokens
    features = input.features
    store = ParameterStore()
    var builder = NetworkBuilder(
      store: store, rows: rows, workers: workers, isTraining: isTraining, isStreaming: isStreaming,
      places: places)
    layers = try builder.build(architecture, input)
    store.allocate(training: isTraining)
    if keepsStateGradients { for layer in recurrentLayers { layer.keepStateGradients() } }
  }

  /// All weights, in the layers' order.
  public var parameters: [Parameter] { layers.flatMap(\.parameters) }

  /// The weight of that name.
  public func parameter(_ name: String) -> Parameter? { parameters.first { $0.name == name } }

  /// The layers that walk through time, in order; of a bidirectional one the forward layer first.
  public var recurrentLayers: [RecurrentLayer] {
    layers.flatMap { layer -> [RecurrentLayer] in
      if let both = layer as? Bidirectional { return [both.forwardLayer, both.backwardLayer] }
      return (layer as? RecurrentLayer).map { [$0] } ?? []
    }
  }

  /// How many ids the embedding knows, where token ids come in; else nil.
  public var vocabulary: Int? { (layers.first as? Embedding)?.vocabulary }

  // MARK: A batch

  /// Begins a batch of `rows` rows; its shards are loaded one by one.
  ///
  /// - Parameter stateRow: whose carried state the first row takes up, among the rows of a batch.
  public func begin(rows: Int, stateRow: Int = 0) {
    plan = ShardPlan(rows: rows, stateRow: stateRow)
    store.beginActivities(rows: rows)
  }

  /// Makes all rows of stateful layers begin with zeros.
  public func resetState() { for layer in layers { layer.resetState() } }

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
  public func outputArray() -> [Float] { inGivenOrder(output.array(plan: plan)) }

  /// Which outputs count, as row-major `[rows, steps]`, rows in the order in which they were given; nil where
  /// nothing is masked.
  public func outputMaskArray() -> [Bool]? { output.maskArray(plan: plan).map(inGivenOrder) }

  /// Values of the batch's rows from the order in which they are worked on to that in which they came.
  private func inGivenOrder<Value>(_ values: [Value]) -> [Value] {
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

  /// What stateful layers carry from batch to batch, to be laid down and restored; empty without such layers.
  public var carriedState: [Float] {
    get { layers.flatMap(\.carriedStates).flatMap(\.array) }
    set {
      precondition(newValue.count == carriedState.count, "another network's state")
      var start = 0
      for state in layers.flatMap(\.carriedStates) {
        state.array = Array(newValue[start..<start + state.size])
        start += state.size
      }
    }
  }

  /// Prepares weights for a pass; one layer after another.
  public func prepare(_ pass: Pass) { for layer in layers { layer.prepare(pass) } }

  /// Runs all layers on a shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    for index in layers.indices { layers[index].forward(shard, pass) }
  }

  /// Runs all layers backward on a shard, from `output`'s gradients to the shard's weight gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    store.clearGradients(shard)
    for index in layers.indices.reversed() { layers[index].backward(shard, pass) }
  }
}
