// Models and weights to and from the files of Keras and PyTorch.

import Failures
import Interchange
import JSON
import ModelExchange
import Networks
import Stage
import TensorFile

/// A conversion whose input or output is a model in another program's form.
struct ModelConversion {
  let command: Convert
  let run: StageRun
  let input: ConvertInput
  let target: FileFormat

  func perform() throws {
    let like = try command.like.map { try LikeFile($0, run, steps: command.steps, loss: command.loss) }
    let (model, moves) = try model(like)
    var output = ConvertOutput(target: target, path: command.output, run: run)
    (output.settings.batchSize, output.settings.opset) = (command.batchSize, command.opset)
    if target == .pytorch { output.settings.state = try like?.state(for: model, command.pins) }
    try output.write(model)
    report(moves)
  }

  private func model(_ like: LikeFile?) throws -> (ModelFile, [WeightMove]) {
    do {
      let file = try input.weightFile()
      if case .tensors(let header) = file, !["", "model"].contains(header.kind) {
        throw Failure.data("is not a model but \(header.kind)", remedy: "name the file that rnn-train wrote")
      }
      let own =
        input.format == .pytorch
        ? nil : try LikeFile(file, named: input.name, steps: command.steps, loss: command.loss)
      if let model = own?.model, like?.plan == nil { return (model, []) }
      guard let plan = like?.plan ?? own?.plan else { throw LikeFile.noLayers }
      for note in (like?.plan == nil ? own : like)?.notes ?? [] {
        run.warn(note)
      }
      let weights = try file.weights(for: plan.architecture, pins: command.pins)
      return (plan.model(weights.weights), weights.moves)
    } catch let failure as Failure {
      throw failure.placed(at: input.name)
    }
  }

  /// Prints which weights went into which layer.
  private func report(_ moves: [WeightMove]) {
    let rows = moves.map { move in
      JSONValue.object([
        "layer": .string(move.layer), "source": .string(move.source), "form": .string(move.form),
      ])
    }
    let width = moves.map(\.layer.count).max() ?? 0
    let lines = moves.map { move in
      let space = String(repeating: " ", count: width - move.layer.count)
      return "  \(move.layer)\(space) from \(printable(move.source)), \(move.form)"
    }
    run.result(
      [
        "from": .string(input.format.rawValue), "to": .string(target.rawValue), "weights": .array(rows),
      ], moves.isEmpty ? "" : (["weights"] + lines).joined(separator: "\n"), stream: .error)
  }
}
