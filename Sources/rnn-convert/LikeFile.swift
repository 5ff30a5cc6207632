// The file that --like names: layers for weights that come without, what Keras's and PyTorch's files don't
// hold, or the names that a state dict is to have.

import Failures
import ModelExchange
import Networks
import Stage
import Tensor
import TensorFile

/// A file that another is to be like.
struct LikeFile {
  /// The model, where the file is one of ours.
  let model: ModelFile?
  /// The layers, where the file tells them.
  let architecture: Architecture?
  private let file: WeightFile
  private let name: String

  init(_ path: String, _ run: StageRun) throws {
    let name = path == "-" ? "standard input" : path
    let source = try run.source(path)
    do {
      let file = try WeightFile(source, named: name) { try run.reader($0, named: name, limits: .model) }
      try self.init(file, named: name)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  init(_ file: WeightFile, named name: String) throws {
    (self.file, self.name) = (file, name)
    switch file {
    case .tensors(let header) where header.kind == "model":
      model = try ModelFile(header: header)
      architecture = model?.architecture
    default: (model, architecture) = (nil, nil)
    }
  }

  static let noLayers = Failure.usage(
    "there are weights, but no layers", remedy: "name a model that has the layers with --like MODEL")

  /// The model that weights are to go into; nil where the file tells no layers.
  func plan() throws -> Plan? { architecture.map { Plan(architecture: $0, model: model) } }

  /// The state dict of `model` under this file's names; nil where this file is no state dict.
  func state(for model: ModelFile, _ pins: [String: String]) throws -> SafetensorsDocument? {
    guard architecture == nil, case .tensors(let header) = file else { return nil }
    do {
      return try torchState(model, like: header.side.filter { !$0.key.hasPrefix("rnn.") }, pins: pins)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  /// Layers, and all that a model has besides weights.
  struct Plan {
    let architecture: Architecture
    fileprivate let model: ModelFile?

    /// The model with these weights.
    func model(_ weights: [String: Tensor]) -> ModelFile {
      let facts = StreamHeader(
        kind: "", metadata: model?.header.metadata ?? [:],
        side: model?.header.side.filter { $0.key.hasPrefix("rnn.") } ?? [:])
      return ModelFile(
        architecture, weights: weights, loss: model?.loss ?? "mse", metrics: model?.metrics ?? [],
        facts: facts)
    }
  }
}
