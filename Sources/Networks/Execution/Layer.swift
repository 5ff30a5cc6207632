// What all layers share once they are built. A layer owns its outputs; it reads values of layers before it and
// writes their gradients. Its methods work on one shard at a time and allocate nothing.

import Failures
import Kernels

/// A layer of a network, built for batches of up to a number of rows and for a number of time steps.
public protocol Layer: AnyObject {
  /// What it gives: its output, then the states that it returns.
  var outputs: [Activation] { get }

  /// Prepares the weights for a pass; before any shard runs.
  func prepare(_ pass: Pass)
  /// Computes the outputs for a shard.
  func forward(_ shard: Shard, _ pass: Pass)
  /// From the outputs' gradients: the weights' gradients and the inputs'.
  func backward(_ shard: Shard, _ pass: Pass)
}

extension Layer {
  /// What it gives, states aside.
  public var output: Activation { outputs[0] }
  /// Nothing to prepare, for a layer without weights.
  public func prepare(_ pass: Pass) {}
}

/// Work that the shards of a batch share, such as products with each of its distinct tokens. It is divided into as
/// many parts as the batch has shards.
protocol SharedBatchWork: AnyObject {
  /// Prepares for the loaded batch; runs on one thread, before any part.
  func begin(_ plan: ShardPlan, _ pass: Pass)
  /// Computes a part before the shards run.
  func project(part: Int, of parts: Int, worker: Int, _ pass: Pass)
  /// Computes a part's gradients after the shards ran backward.
  func finishBackward(part: Int, of parts: Int, worker: Int, _ plan: ShardPlan)
}

/// A value that a layer reads.
enum LayerInput {
  /// The network's token ids.
  case tokens(TokenInput)
  /// The rows of an embedding's table by token id, which the reader takes token by token.
  case embedding(EmbeddingLayer)
  /// Numbers.
  case values(Activation)

  /// The numbers, or the shape and mask of what is read by token.
  var activation: Activation {
    switch self {
    case .values(let activation): activation
    case .embedding(let embedding): embedding.output
    case .tokens: preconditionFailure("token ids are read by an embedding alone")
    }
  }

  /// The padding that the rows share, if they do.
  var prefix: SharedPrefix? {
    switch self {
    case .values(let activation): activation.prefix
    case .embedding(let embedding): embedding.input.prefix
    case .tokens(let tokens): tokens.prefix
    }
  }
}

/// What a layer is built with besides its own options and inputs.
struct LayerContext {
  /// Keras's name of the layer, such as `lstm_1`.
  let name: String
  /// The node's place in the network.
  let number: Int
  /// How often the same layer stands before this place in the network.
  let application: Int
  let network: NetworkResources
  /// Where shards have their values.
  let storage: ActivationStorage
  /// Whether all readers of what it gives read it by products alone.
  var isReadByProducts = false
  /// What comes before the roles of its weights, in a layer that is held by another one.
  var rolePrefix = ""

  /// The most rows of a batch.
  var rows: Int { network.rows }
  /// How many threads may work at once.
  var workers: Int { network.workers }
  /// Whether memory for training is needed.
  var isTraining: Bool { network.isTraining }
  /// Whether all recurrent layers carry their state on, for prediction step by step.
  var isStreaming: Bool { network.isStreaming }

  /// The weight in that role, which the layer's definition names.
  func weight(_ role: String) throws -> Parameter {
    guard let weight = optionalWeight(role) else {
      throw Failure(.software, "the layer \(name) has no weight \(rolePrefix)\(role)")
    }
    return weight
  }

  /// The weight in that role; nil if the layer's options leave it out.
  func optionalWeight(_ role: String) -> Parameter? {
    network.store.parameter("\(name).\(rolePrefix)\(role)")
  }

  /// The context of a layer held by this one.
  func inner(_ prefix: String, number offset: Int = 0) -> LayerContext {
    // Inner layers draw dropout masks of their own.
    LayerContext(
      name: name, number: number + offset << 20, application: application, network: network, storage: storage,
      rolePrefix: "\(rolePrefix)\(prefix)")
  }

  /// The name of the layer itself, its holder's name before it.
  var fullName: String { rolePrefix.isEmpty ? name : "\(name).\(rolePrefix.dropLast())" }

  /// A key for random numbers that every application of a weight has for itself.
  func key(_ parameter: Parameter) -> String {
    application == 0 ? parameter.name : "\(parameter.name)@\(application)"
  }
}

/// What the layers of a network share while it is built.
final class NetworkResources {
  let store = ParameterStore()
  let rows: Int
  let workers: Int
  let isTraining: Bool
  let isStreaming: Bool
  /// Work that shards share, in waves: what a wave writes, the next one may add to.
  private(set) var sharedWork: [[any SharedBatchWork]] = []
  /// What is carried from batch to batch.
  private(set) var carriedStates: [CarriedState] = []
  /// The layers that walk through time.
  private(set) var recurrentLayers: [RecurrentLayer] = []

  /// Embeddings whose rows are taken token by token, by their node.
  private(set) var projectedEmbeddings: [Int: EmbeddingLayer] = [:]

  init(rows: Int, workers: Int, isTraining: Bool, isStreaming: Bool) {
    (self.rows, self.workers) = (rows, workers)
    (self.isTraining, self.isStreaming) = (isTraining, isStreaming)
  }

  /// Registers work of the wave `wave`.
  func share(_ work: any SharedBatchWork, wave: Int) {
    while sharedWork.count <= wave { sharedWork.append([]) }
    sharedWork[wave].append(work)
  }

  func carry(_ state: CarriedState) { carriedStates.append(state) }

  func register(projected embedding: EmbeddingLayer, at node: Int) { projectedEmbeddings[node] = embedding }

  func register(_ layer: RecurrentLayer) { recurrentLayers.append(layer) }
}
