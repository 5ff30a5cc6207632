// The file that --like names: layers for weights without layers, facts that Keras's and PyTorch's files don't
// hold, or the names that a state dict is to have.

import Failures
import ModelExchange
import Networks
import Stage
import Tensor
import TensorFile

/// The file of `--like`.
struct LikeFile {
  /// The model, if the file is one of rnnpipe's.
  let model: ModelFile?
  /// The model that weights are to go into; nil if the file has no layers.
  let plan: Plan?
  /// Messages for the user about what rnnpipe doesn't support.
  let notes: [String]
  private let file: WeightFile
  private let name: String

  /// - Parameters:
  ///   - steps: time steps of a row, if not specified in the file.
  ///   - loss: the loss to use instead of the file's.
  init(_ path: String, _ run: StageRun, steps: Int?, loss: String?) throws {
    let name = inputName(path)
    let source = try run.source(path)
    do {
      let file = try WeightFile(source, named: name) { try run.reader($0, named: name, limits: .model) }
      try self.init(file, named: name, steps: steps, loss: loss)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  init(_ file: WeightFile, named name: String, steps: Int?, loss: String?) throws {
    (self.file, self.name) = (file, name)
    if case .tensors(let header) = file, header.kind == "model" {
      let model = try ModelFile(header: header)
      (self.model, plan, notes) = (model, Plan(model), [])
    } else {
      model = nil
      if case .onnx(let bytes) = file {
        let imported = try ImportedONNX(bytes, steps: steps, loss: loss)
        (plan, notes) = (Plan(imported), imported.notes)
        return
      }
      let keras = try file.kerasJSON.map { try KerasModel($0, steps: steps, loss: loss) }
      plan = keras.map(Plan.init)
      notes = keras?.notes.map { "\($0); it is left out" } ?? []
    }
  }

  static let noLayers = Failure.usage(
    "the file has weights, but no layers", remedy: "name a model with these layers: --like MODEL")

  /// The state dict of `model` under this file's names; nil if this file isn't a state dict.
  func state(for model: ModelFile, _ pins: [String: String]) throws -> SafetensorsDocument? {
    guard plan == nil, case .tensors(let header) = file else { return nil }
    do {
      return try torchState(model, like: header.side, pins: pins)
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  /// Layers, and everything else of a model except weights.
  struct Plan {
    let architecture: Architecture
    private let objective: ObjectiveText
    private let facts: StreamHeader

    init(_ model: ModelFile) {
      architecture = model.architecture
      objective = model.objective
      facts = StreamHeader(
        kind: "", metadata: model.header.metadata,
        side: model.header.side.filter { $0.key.hasPrefix("rnn.") })
    }

    init(_ model: ImportedONNX) {
      architecture = model.architecture
      objective = model.objective
      facts = model.facts
    }

    init(_ model: KerasModel) {
      architecture = model.architecture
      objective = model.objective
      let batch = model.batchSize.map { [ModelFile.batchSizeFact: "\($0)"] } ?? [:]
      facts = StreamHeader(kind: "", metadata: batch)
    }

    /// The model with these weights.
    func model(_ weights: [String: Tensor]) -> ModelFile {
      ModelFile(architecture, weights: weights, objective, facts: facts)
    }
  }
}
