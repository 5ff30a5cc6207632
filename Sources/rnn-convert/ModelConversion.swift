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
    let (given, moves) = try model(like)
    let quantized = try command.precision.weights.map {
      try QuantizedConversion(given, $0, command.precision, named: input.name, run)
    }
    let model = quantized?.model ?? given
    var output = ConvertOutput(target: target, path: command.output, run: run)
    (output.settings.batchSize, output.settings.opset) = (command.batchSize, command.opset)
    if target == .pytorch { output.settings.state = try like?.state(for: model, command.pins) }
    try output.write(model)
    report(moves, quantized)
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

  /// Prints which weights went into which layer, and what was lost.
  private func report(_ moves: [WeightMove], _ quantized: QuantizedConversion?) {
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
    let members: [String: JSONValue] = [
      "from": .string(input.format.rawValue), "to": .string(target.rawValue), "weights": .array(rows),
    ]
    let text = (quantized?.lines ?? []) + (moves.isEmpty ? [] : ["weights"] + lines)
    run.result(
      .object(members.merging(quantized?.members ?? [:]) { $1 }), text.joined(separator: "\n"),
      stream: .error)
  }
}
