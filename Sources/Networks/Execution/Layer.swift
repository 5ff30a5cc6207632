// What all layers share once they are built. A layer owns its outputs; it reads values of layers before it and
// writes their gradients. Its methods work on one shard at a time and allocate nothing.

import Failures
import Kernels

/// A layer of a network, built for batches of up to a number of rows and for a number of time steps.
public protocol Layer: AnyObject {
  /// Its output, then the states that it returns.
  var outputs: [Activation] { get }

  /// Prepares the weights for a pass; before any shard runs.
  func prepare(_ pass: Pass)
  /// Computes the outputs for a shard.
  func forward(_ shard: Shard, _ pass: Pass)
  /// Computes the weights' and inputs' gradients from the outputs' gradients.
  func backward(_ shard: Shard, _ pass: Pass)
}

extension Layer {
  /// Its output, without states.
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
    case .tokens: preconditionFailure("only an embedding can read token ids")
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
  /// The node's number in the network.
  let number: Int
  /// How many earlier nodes of the network have the same layer.
  let application: Int
  let network: NetworkResources
  /// Where shards have their values.
  let storage: ActivationStorage
  /// Whether its output is only read as a left factor of products.
  var isReadByProducts = false
  /// The prefix of its weights' roles, in a layer that is wrapped by another one.
  var rolePrefix = ""

  /// The most rows of a batch.
  var rows: Int { network.rows }
  /// How many threads may work at once.
  var workers: Int { network.workers }
  /// Whether memory for training is needed.
  var isTraining: Bool { network.isTraining }
  /// Whether all recurrent layers keep their state, for prediction step by step.
  var isStreaming: Bool { network.isStreaming }

  /// The weight with that role, which the layer's definition names.
  func weight(_ role: String) throws -> Parameter {
    guard let weight = optionalWeight(role) else {
      throw Failure(.software, "the layer \(name) has no weight \(rolePrefix)\(role)")
    }
    return weight
  }

  /// The weight with that role; nil if the layer's options exclude it.
  func optionalWeight(_ role: String) -> Parameter? {
    network.store.parameter("\(name).\(rolePrefix)\(role)")
  }

  /// The context of a layer that this one wraps.
  func inner(_ prefix: String, number offset: Int = 0) -> LayerContext {
    // Inner layers draw their own dropout masks.
    LayerContext(
      name: name, number: number + offset << 20, application: application, network: network, storage: storage,
      rolePrefix: "\(rolePrefix)\(prefix)")
  }

  /// The layer's own name, after its wrapper's name.
  var fullName: String { rolePrefix.isEmpty ? name : "\(name).\(rolePrefix.dropLast())" }

  /// A key for random numbers, different for every use of a weight.
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
