// The protocol of layers that have been built. A layer owns its outputs; it reads the values of earlier layers and
// writes their gradients. Its methods process one shard at a time and allocate nothing.

import Failures
import Kernels

/// A layer of a network, built for a maximum number of rows and a fixed number of time steps.
public protocol Layer: AnyObject {
  /// The output, followed by the states that the layer returns.
  var outputs: [Activation] { get }

  /// Whether it computes only those steps of its output that `Activation.usedSteps` has, and takes the gradients of
  /// others to be zero.
  var computesOnlyUsedSteps: Bool { get }

  /// Prepares the weights for a pass, before any shard runs.
  func prepare(_ pass: Pass)
  /// Computes the outputs for a shard.
  func forward(_ shard: Shard, _ pass: Pass)
  /// Computes the gradients of the weights and inputs from those of the outputs.
  func backward(_ shard: Shard, _ pass: Pass)
}

extension Layer {
  /// The output, without states.
  public var output: Activation { outputs[0] }
  /// All steps are computed.
  public var computesOnlyUsedSteps: Bool { false }
  /// Does nothing, for layers without weights.
  public func prepare(_ pass: Pass) {}
}

/// Work shared by the shards of a batch, such as products with each of its distinct tokens. It is divided into as
/// many parts as the batch has shards.
protocol SharedBatchWork: AnyObject {
  /// Prepares for the loaded batch; runs on one thread, before any part.
  func begin(_ plan: ShardPlan, _ pass: Pass)
  /// Computes a part, before the shards run.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass)
  /// Gets what this process's parts need of the shards of other processes, after their backward pass; on one thread.
  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan)
  /// Computes the gradients of a part, after the backward pass of the shards.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan)
  /// Gives other processes the gradients of this process's parts that aren't summed over shards; on one thread.
  func distribute(_ group: ShardGroup, parts: Int)
}

extension SharedBatchWork {
  /// Nothing is needed.
  func collect(_ group: ShardGroup, parts: Int, _ plan: ShardPlan) {}
  /// There are none.
  func distribute(_ group: ShardGroup, parts: Int) {}
}

/// A value that a layer reads.
enum LayerInput {
  /// The network's token ids.
  case tokens(TokenInput)
  /// The rows of an embedding's table by token id, which the reader projects once per token.
  case embedding(EmbeddingLayer)
  /// Numbers.
  case values(Activation)

  /// The numbers, or the shape and mask of a value that is read by token.
  var activation: Activation {
    switch self {
    case .values(let activation): activation
    case .embedding(let embedding): embedding.output
    case .tokens: preconditionFailure("only an embedding can read token ids")
    }
  }

  /// The padding that the rows share, if any.
  var prefix: SharedPrefix? {
    switch self {
    case .values(let activation): activation.prefix
    case .embedding(let embedding): embedding.input.prefix
    case .tokens(let tokens): tokens.prefix
    }
  }
}

/// The context in which a layer is built, in addition to its options and inputs.
struct LayerContext {
  /// Keras's name of the layer, such as `lstm_1`.
  let name: String
  /// The node's number in the network.
  let number: Int
  /// The number of earlier nodes of the network with the same layer.
  let application: Int
  let network: NetworkResources
  /// The storage of the shards' values.
  var storage: ActivationStorage
  /// Whether its output is read only as a left factor of products.
  var isReadByProducts = false
  /// Whether training leaves its weights as they are.
  var isFrozen = false
  /// The prefix of its weights' roles, in a layer that is wrapped by another one.
  var rolePrefix = ""

  /// The number of channels of a row of the batch, each of which is a row for the layer.
  var channels = 1

  /// The maximum number of rows in a batch.
  var rows: Int { network.rows * channels }
  /// The maximum number of rows in a shard.
  var rowsOfShard: Int { network.largestShard * channels }
  /// The maximum number of threads.
  var workers: Int { network.workers }
  /// Whether memory for training is needed.
  var isTraining: Bool { network.isTraining }
  /// Whether all recurrent layers keep their state, for prediction step by step.
  var isStreaming: Bool { network.isStreaming }

  /// The weight with this role, as named by the layer's definition.
  func weight(_ role: String) throws -> Parameter {
    guard let weight = optionalWeight(role) else {
      throw Failure(.software, "the layer \(name) has no weight \(rolePrefix)\(role)")
    }
    return weight
  }

  /// The weight with this role; nil if the layer's options exclude it.
  func optionalWeight(_ role: String) -> Parameter? {
    network.store.parameter("\(name).\(rolePrefix)\(role)")
  }

  /// The context of a layer wrapped by this one.
  func inner(_ prefix: String, number offset: Int = 0) -> LayerContext {
    // Wrapped layers draw separate dropout masks.
    LayerContext(
      name: name, number: number + offset << 20, application: application, network: network, storage: storage,
      rolePrefix: "\(rolePrefix)\(prefix)", channels: channels)
  }

  /// The layer's name, prefixed by its wrapper's name.
  var fullName: String { rolePrefix.isEmpty ? name : "\(name).\(rolePrefix.dropLast())" }

  /// A key for random numbers, different for every use of a weight.
  func key(_ parameter: Parameter) -> String {
    application == 0 ? parameter.name : "\(parameter.name)@\(application)"
  }
}

/// The state shared by the layers of a network while it is built.
final class NetworkResources {
  let store: ParameterStore
  let rows: Int
  let workers: Int
  let isTraining: Bool
  let isStreaming: Bool
  /// The maximum number of rows in a shard.
  let largestShard: Int
  /// Work that shards share, in waves: a wave may add to what the wave before has written.
  private(set) var sharedWork: [[any SharedBatchWork]] = []
  /// The states that are carried from batch to batch.
  private(set) var carriedStates: [CarriedState] = []
  /// The recurrent layers.
  private(set) var recurrentLayers: [RecurrentLayer] = []

  /// The embeddings whose rows are projected once per token, by node.
  private(set) var projectedEmbeddings: [Int: EmbeddingLayer] = [:]

  /// - Parameter store: where the weights are; of a network within another one, that of the outer one.
  init(
    store: ParameterStore = ParameterStore(), rows: Int, workers: Int, isTraining: Bool, isStreaming: Bool,
    largestShard: Int
  ) {
    self.store = store
    (self.rows, self.workers, self.largestShard) = (rows, workers, largestShard)
    (self.isTraining, self.isStreaming) = (isTraining, isStreaming)
  }

  /// Registers work in the wave `wave`.
  func share(_ work: any SharedBatchWork, wave: Int) {
    while sharedWork.count <= wave { sharedWork.append([]) }
    sharedWork[wave].append(work)
  }

  func carry(_ state: CarriedState) { carriedStates.append(state) }

  func register(projected embedding: EmbeddingLayer, at node: Int) { projectedEmbeddings[node] = embedding }

  func register(_ layer: RecurrentLayer) { recurrentLayers.append(layer) }
}
