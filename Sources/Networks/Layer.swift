// What all layers share. A layer owns its output; it reads the one of the layer before and writes that
// one's gradients. Its methods work on one shard at a time and allocate nothing.

import Kernels

/// A layer of a network, built for a batch of at most so many rows and for a number of time steps.
public protocol Layer: AnyObject {
  /// Keras's name for it in a fresh session, such as `lstm_1`.
  var name: String { get }
  /// Keras's class name, such as `LSTM`.
  var kind: String { get }
  /// Its weights, in Keras's order.
  var parameters: [Parameter] { get }
  /// What it hands to the next layer.
  var output: Activation { get }

  /// Prepares the weights for this step's products; before any shard runs.
  func prepare(_ pass: Pass)
  /// Makes ready for a batch that is loaded, alone.
  func beginBatch(_ plan: ShardPlan, _ pass: Pass)
  /// What the whole batch shares, part `part` of `parts`; before any shard runs.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass)
  /// Forgets what the rows of the batch before left behind.
  func resetState()
  /// Computes `output` for a shard.
  func forward(_ shard: Shard, _ pass: Pass)
  /// From `output`'s gradients: the weights' gradients and the input's.
  func backward(_ shard: Shard, _ pass: Pass)
  /// Gradients of what the batch shares, part `part` of `parts`; after all shards ran.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan)
}

extension Layer {
  /// Nothing to prepare, unless a layer says otherwise.
  public func prepare(_ pass: Pass) {}
  /// Nothing to make ready, unless a layer says otherwise.
  public func beginBatch(_ plan: ShardPlan, _ pass: Pass) {}
  /// Nothing is shared, unless a layer says otherwise.
  public func project(part: Int, of parts: Int, worker: Int, _ pass: Pass) {}
  /// Nothing is carried from batch to batch, unless a layer says otherwise.
  public func resetState() {}
  /// Nothing is left after the shards, unless a layer says otherwise.
  public func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan) {}
}

/// What a layer is built from besides its own options.
struct LayerContext {
  let name: String
  let store: ParameterStore
  /// The most rows of a batch.
  let rows: Int
  /// How many threads may work at once.
  let workers: Int
  let isTraining: Bool
  /// Where shards have their values.
  let places: ActivationPlaces
  /// Whether all recurrent layers carry their state on, for prediction step by step.
  var isStreaming = false
}
