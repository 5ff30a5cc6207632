// A network: layers built from an architecture, with memory allocated once.

import Failures
import Kernels

/// The layers of an architecture, built for batches of up to `rows` rows.
public final class Network {
  /// The architecture of the network.
  public let architecture: Architecture
  /// The maximum number of rows in a batch.
  public let rows: Int
  /// The layers, one for each node, in the nodes' order.
  public let layers: [any Layer]
  /// All weights.
  public let store: ParameterStore
  /// The network's outputs.
  public let outputs: [Activation]
  /// The recurrent layers, in order; for a bidirectional layer, the forward layer first.
  public let recurrentLayers: [RecurrentLayer]
  /// The shards of the loaded batch.
  public private(set) var plan = ShardPlan(rows: 0)
  private let tokens: [Int: TokenInput]
  private let features: [Int: Activation]
  private let unread: [Activation]
  private let sharedWork: [[any SharedBatchWork]]
  let carriedStates: [CarriedState]
  /// Whether batches in training are one shard.
  private let trainsWhole: Bool
  /// The processes that work on the network.
  public let group: ShardGroup
  /// The gradients that other processes send.
  let exchanged = ExchangeMemory()

  /// Builds the layers; weights are zero until `store.initialize` or `Parameter.assign` is called.
  ///
  /// - Parameters:
  ///   - rows: the maximum number of rows in a batch.
  ///   - workers: the maximum number of threads that process it.
  ///   - isTraining: whether memory for gradients is needed.
  ///   - isStreaming: whether all recurrent layers keep their state, for prediction step by step.
  ///   - keepsStateGradients: whether a backward pass stores the `RecurrentLayer.stateGradients` of each row, for
  ///     which every row processes its own padding.
  ///   - keepsActivations: whether the output and gradient of every layer can be read after a batch, rather than only
  ///     the network's outputs; then what was loaded also remains for further batches of as many rows.
  ///   - keepsGates: whether the gates of recurrent layers can be read after a batch (`RecurrentLayer.gates`), if it is
  ///     also a network for training; every row processes its own padding.
  ///   - maskedInputs: the inputs, sequences of numbers, that are loaded with masks.
  ///   - group: the processes that work on it; usually only this one.
  /// - Throws: `Failure` (outOfMemory) if the process may not use as much memory.
  public init(
    _ architecture: Architecture, rows: Int, workers: Int, isTraining: Bool, isStreaming: Bool = false,
    keepsStateGradients: Bool = false, keepsActivations: Bool = false, keepsGates: Bool = false,
    maskedInputs: Set<Int> = [], group: ShardGroup = ShardGroup()
  ) throws {
    self.architecture = architecture
    self.rows = rows
    self.group = group
    let keepsAll = architecture.masksOutputs() || keepsActivations || keepsGates
    trainsWhole = isTraining && architecture.usesBatchStatistics
    guard group.isAlone || !trainsWhole else {
      throw Failure.usage(
        "batch_norm uses the statistics of whole batches, which can't be divided among processes",
        remedy: "train it in one process, or use layer_norm")
    }
    let resources = NetworkResources(
      rows: rows, workers: workers, isTraining: isTraining, isStreaming: isStreaming,
      largestShard: ShardPlan(rows: rows, isWhole: trainsWhole).rowsPerShard)
    // Rows of a stream begin in different states, and a row's own gradients and gates require its own padding.
    let savings = SharedWork(
      architecture, isTraining: isTraining, allowsPrefix: !isStreaming && !keepsStateGradients && !keepsGates)
    var builder = NetworkBuilder(
      architecture, resources, savings,
      storage: keepsAll || trainsWhole ? .batch(rows: rows) : .threads(workers, rows: rows),
      maskedInputs: maskedInputs)
    try withinAvailableMemory(of: "the network") {
      try builder.build()
      resources.store.allocate(training: isTraining)
    }
    (layers, outputs, unread) = (builder.layers, builder.outputs, builder.unread)
    (tokens, features) = (builder.tokens, builder.features)
    store = resources.store
    sharedWork = resources.sharedWork
    carriedStates = resources.carriedStates
    recurrentLayers = resources.recurrentLayers
    if keepsStateGradients { for layer in recurrentLayers { layer.keepStateGradients(rows: rows) } }
  }

  /// All weights, in the layers' order.
  public var parameters: [Parameter] { store.parameters }

  /// The weight with this name.
  public func parameter(_ name: String) -> Parameter? { store.parameter(name) }

  /// The first output.
  public var output: Activation { outputs[0] }

  // MARK: A batch

  /// Begins a batch of `rows` rows, whose shards are then loaded one by one.
  ///
  /// - Parameters:
  ///   - stateRow: the row of the carried states from which the first row continues.
  ///   - isTraining: whether a pass in training follows, for which a batch that must stay whole is one shard.
  public func begin(rows: Int, stateRow: Int = 0, isTraining: Bool = false) {
    plan = ShardPlan(rows: rows, stateRow: stateRow, isWhole: isTraining && trainsWhole)
    store.beginActivities(rows: rows)
  }

  /// Resets the states of stateful layers to zero.
  public func resetState() { for state in carriedStates { state.reset() } }

  /// Copies a shard's token ids: row i is row `order[first + i]` of row-major `source` [.., steps]; every
  /// id is below the vocabulary.
  public func load(
    tokens source: [Int32], input: Int = 0, _ order: [Int], first: Int, _ shard: Shard
  ) {
    tokens[input]?.load(source, order, first: first, shard)
  }

  /// Copies a shard's numbers: row i is row `order[first + i]` of row-major `source` [.., steps, features].
  public func load(
    features source: [Float], input: Int = 0, _ order: [Int], first: Int, _ shard: Shard
  ) {
    features[input]?.load(source, order, first: first, shard)
  }

  /// Copies a shard's mask of an input that is masked: row i is row `order[first + i]` of row-major `source`
  /// [.., steps].
  public func load(mask source: [Bool], input: Int, _ order: [Int], first: Int, _ shard: Shard) {
    guard let values = features[input] else { return }
    values.mask?.make(shard) { step, rows in
      for row in 0..<shard.rows {
        rows[row] = source[order[first + shard.firstRow + row] * values.steps + step]
      }
    }
  }

  /// Whether the network reads token ids; they are loaded, and shared work is done, before any shard runs.
  public var readsTokens: Bool { !tokens.isEmpty }

  /// The number of waves of shared work, processed in order: `project` before the shards, `finishBackward` after
  /// them.
  public var sharedWaves: Int { sharedWork.count }

  /// Prepares shared work for the loaded batch.
  public func beginSharedWork(_ pass: Pass) {
    for wave in sharedWork { for work in wave { work.begin(plan, pass) } }
  }

  /// Computes part `part` of the shared work; there are as many parts as shards.
  public func project(wave: Int, part: Int, worker: Int, _ pass: Pass) {
    for work in sharedWork[wave] { work.project(part: part, of: plan.count, worker: worker, pass) }
  }

  /// Computes the gradients of part `part` of the shared work; there are as many parts as shards.
  public func finishBackward(wave: Int, part: Int, worker: Int) {
    for work in sharedWork[wave] { work.finishBackward(part: part, of: plan.count, worker: worker, plan) }
  }

  /// Gets what this process's parts of the shared work need of the shards of other processes.
  public func collect(wave: Int) {
    for work in sharedWork[wave] { work.collect(group, parts: plan.count, plan) }
  }

  /// Gives other processes the gradients of this process's parts of the shared work that aren't summed over shards.
  public func distribute(wave: Int) {
    for work in sharedWork[wave] { work.distribute(group, parts: plan.count) }
  }

  /// The shards of the batch that this process runs, and its parts of the shared work after them.
  public var ownShards: Range<Int> { group.owners.own(of: plan.count) }

  /// What the shards compute for the whole batch and for the next one, besides outputs and gradients.
  public var shardValues: [any ShardValues] { store.activityValues + carriedStates }

  /// The row of the batch at `position`: rows are reordered if they share their padding.
  public func row(at position: Int) -> Int { prefix?.row(at: position) ?? position }

  private var prefix: SharedPrefix? { tokens[0]?.prefix }

  /// An output as row-major `[rows, steps, width]`, rows in the order in which they were given.
  public func outputArray(_ number: Int = 0) -> [Float] { inGivenOrder(outputs[number].array(plan: plan)) }

  /// Which rows and steps of an output are unmasked, as row-major `[rows, steps]`, rows in the order in which they
  /// were given; nil if nothing is masked.
  public func outputMaskArray(_ number: Int = 0) -> [Bool]? {
    outputs[number].maskArray(plan: plan).map(inGivenOrder)
  }

  /// The weights of each attention layer, in order, as row-major `[rows, steps of the query, steps of the value]`; only
  /// if every shard has its own memory.
  public var attentionWeights: [[Float]] {
    layers.compactMap { ($0 as? AttentionLayer)?.weights.array(plan: plan) }
  }

  /// Converts values of the batch's rows from the order of processing to the order in which they were given.
  private func inGivenOrder<Value>(_ values: [Value]) -> [Value] {
    guard prefix != nil, plan.rows > 0 else { return values }
    var result = values
    let width = values.count / plan.rows
    for position in 0..<plan.rows {
      let row = row(at: position)
      result.replaceSubrange(
        row * width..<(row + 1) * width, with: values[position * width..<(position + 1) * width])
    }
    return result
  }

  /// The states that stateful layers carry from batch to batch, for saving and restoring; empty without such layers.
  public var carriedState: [Float] {
    get { carriedStates.flatMap(\.array) }
    set {
      precondition(newValue.count == carriedState.count, "another network's state")
      var start = 0
      for state in carriedStates {
        state.array = Array(newValue[start..<start + state.size])
        start += state.size
      }
    }
  }

  /// Runs all layers on a shard.
  public func forward(_ shard: Shard, _ pass: Pass) {
    for index in layers.indices { layers[index].forward(shard, pass) }
  }

  /// Runs all layers backward on a shard, from the outputs' gradients to the shard's weight gradients.
  public func backward(_ shard: Shard, _ pass: Pass) {
    store.clearGradients(shard)
    for value in unread { value.gradients(shard.ofChannels(value.channels)).clear() }
    for index in layers.indices.reversed() {
      for output in layers[index].outputs where output.isBranched { output.sumBranches(shard) }
      layers[index].backward(shard, pass)
    }
  }
}
