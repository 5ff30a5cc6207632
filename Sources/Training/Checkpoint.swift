// Training laid down in a file: a model with, beside its weights, everything that going on takes: the
// optimizer's averages, the best weights, the state, and the options that must be the same.
//
// A checkpoint is a model file, so rnn-predict and rnn-inspect read it as one.

import Failures
import Kernels
import Networks
import Tensor
import TensorFile

/// Saving and restoring a `Fit`.
public struct Checkpoint {
  private static let factKey = "rnn.checkpoint"
  private static let slotPrefix = "rnn.checkpoint.optimizer."
  private static let bestPrefix = "rnn.checkpoint.best."

  /// The options that a resumed run must share, by name.
  public let settings: [String: String]

  /// - Parameter settings: options that fix the result, and the data's hash.
  public init(settings: [String: String]) { self.settings = settings }

  /// `model` and all that `fit` carries, as one header.
  public func header(_ fit: Fit, model: ModelFile) -> StreamHeader {
    var header = model.header
    header.metadata[Self.factKey] =
      JSONValue.object([
        "state": fit.state.json, "settings": .object(settings.mapValues(JSONValue.string)),
      ]).text
    for parameter in fit.trainer.network.parameters {
      for slot in fit.trainer.optimizer.slots {
        header.side["\(Self.slotPrefix)\(slot.name).\(parameter.name)"] = tensor(parameter, slot.buffer)
      }
      if let best = fit.bestWeights {
        header.side[Self.bestPrefix + parameter.name] = tensor(parameter, best)
      }
    }
    return header
  }

  private func tensor(_ parameter: Parameter, _ buffer: FloatBuffer) -> Tensor {
    Tensor(parameter.read(buffer), shape: parameter.shape)
  }

  /// Puts `fit` where the checkpoint in `header` stands.
  ///
  /// - Throws: `Failure` (usage) naming an option that differs, (data) where the file is no checkpoint or
  ///   damaged.
  public func restore(_ fit: Fit, from header: StreamHeader) throws {
    guard let text = header.metadata[Self.factKey] else {
      throw Failure.data("is no checkpoint", remedy: "name the file that --checkpoint wrote")
    }
    let facts = try JSONValue(parsing: text)
    try compare(facts["settings"]?.object?.compactMapValues(\.string) ?? [:])
    guard let state = facts["state"].flatMap({ TrainingState(json: $0, like: fit.state) }) else {
      throw Failure.data("the checkpoint's state is damaged")
    }
    try fit.trainer.network.assign(header.side)
    try restoreBuffers(fit, header.side)
    fit.state = state
    fit.trainer.optimizer.steps = state.steps
  }

  private func compare(_ saved: [String: String]) throws {
    for name in Set(saved.keys).union(settings.keys).sorted() where saved[name] != settings[name] {
      throw Failure.usage(
        "the checkpoint was made with \(name) \(saved[name] ?? "unset"), not \(settings[name] ?? "unset")",
        remedy: "resume with the same options and data")
    }
  }

  private func restoreBuffers(_ fit: Fit, _ side: [String: Tensor]) throws {
    let hasBest = side.keys.contains { $0.hasPrefix(Self.bestPrefix) }
    fit.bestWeights = hasBest ? FloatBuffer(fit.trainer.network.store.values.count) : nil
    for parameter in fit.trainer.network.parameters {
      for slot in fit.trainer.optimizer.slots {
        try restore(parameter, side["\(Self.slotPrefix)\(slot.name).\(parameter.name)"], to: slot.buffer)
      }
      if let best = fit.bestWeights {
        try restore(parameter, side[Self.bestPrefix + parameter.name], to: best)
      }
    }
  }

  private func restore(_ parameter: Parameter, _ tensor: Tensor?, to buffer: FloatBuffer) throws {
    guard let tensor, tensor.shape == parameter.shape, let values = tensor.values(as: Float.self) else {
      throw Failure.data("the checkpoint lacks a part of \(parameter.name)")
    }
    parameter.write(values, to: buffer)
  }
}

// MARK: - State as JSON

extension TrainingState {
  var json: JSONValue {
    let epochs = history.epochs.map { epoch in
      JSONValue.object(epoch.values.mapValues(JSONValue.number))
    }
    return .object([
      "epoch": .integer(Int64(epoch)), "step_in_epoch": .integer(Int64(stepInEpoch)),
      "steps": .integer(Int64(steps)), "rate": .number(Double(rate)), "rows": .number(tally.rows),
      "sums": .array(tally.sums.map(JSONValue.number)), "history": .array(epochs),
      "stopping": stopping.json, "reducing": reducing.json, "finished": .bool(isFinished),
    ])
  }

  /// The state that `json` holds; nil where something is missing. `other` tells how many metrics there are.
  init?(json: JSONValue, like other: TrainingState) {
    guard let epoch = json["epoch"]?.int, let stepInEpoch = json["step_in_epoch"]?.int,
      let steps = json["steps"]?.int, let rate = json["rate"]?.double, let rows = json["rows"]?.double,
      let sums = json["sums"]?.array?.compactMap(\.double), sums.count == other.tally.sums.count,
      let history = json["history"]?.array, let stopping = json["stopping"].flatMap(Watch.init),
      let reducing = json["reducing"].flatMap(Watch.init), let isFinished = json["finished"]?.bool,
      epoch >= 0, stepInEpoch >= 0, steps >= 0
    else { return nil }
    self = other
    (self.epoch, self.stepInEpoch, self.steps) = (epoch, stepInEpoch, steps)
    self.rate = Float(rate)
    tally.rows = rows
    tally.sums = sums
    self.history.epochs = history.enumerated().map { number, values in
      History.Epoch(number: number + 1, values: values.object?.compactMapValues(\.double) ?? [:])
    }
    (self.stopping, self.reducing, self.isFinished) = (stopping, reducing, isFinished)
  }
}

extension Watch {
  fileprivate var json: JSONValue {
    .object([
      // JSON has no infinity, which is what best is before anything was seen.
      "best": best.isFinite ? .number(best) : .string(best > 0 ? "inf" : "-inf"),
      "best_epoch": .integer(Int64(bestEpoch)), "wait": .integer(Int64(wait)),
      "cooldown": .integer(Int64(cooldown)),
    ])
  }

  fileprivate init?(json: JSONValue) {
    let words = ["inf": Double.infinity, "-inf": -Double.infinity]
    guard let best = json["best"]?.double ?? json["best"]?.string.flatMap({ words[$0] }),
      let bestEpoch = json["best_epoch"]?.int, let wait = json["wait"]?.int,
      let cooldown = json["cooldown"]?.int
    else { return nil }
    self.init(best: best)
    (self.bestEpoch, self.wait, self.cooldown) = (bestEpoch, wait, cooldown)
  }
}
