// Training laid down in a file: a model with, beside its weights, everything that going on takes: the
// optimizer's averages, the best weights, the state, and the options that must be the same.
//
// A checkpoint is a model file, so rnn-predict and rnn-inspect read it as one.

import Failures
import JSON
import Kernels
import Networks
import Tensor
import TensorFile

/// Saving and restoring a `Fit`.
public struct Checkpoint {
  private static let factKey = "rnn.checkpoint"
  private static let stateKey = "rnn.checkpoint.state"
  private static let slotPrefix = "rnn.checkpoint.optimizer."

  /// The options that a resumed run must share, by name.
  public let settings: [String: String]

  /// - Parameter settings: options that fix the result, and the data's hash.
  public init(settings: [String: String]) { self.settings = settings }

  /// `model`, which holds the best weights too (`Fit.model`), and all else that `fit` carries, as one header.
  public func header(_ fit: Fit, model: ModelFile) -> StreamHeader {
    var header = model.header
    header.metadata[Self.factKey] =
      JSONValue.object([
        "state": fit.state.json, "settings": .object(settings.mapValues(JSONValue.string)),
      ]).text
    for parameter in fit.trainer.network.parameters {
      for slot in fit.trainer.optimizer.slots {
        header.side["\(Self.slotPrefix)\(slot.name).\(parameter.name)"] = Tensor(
          parameter.read(slot.buffer), shape: parameter.shape)
      }
    }
    let carried = fit.trainer.network.carriedState
    if !carried.isEmpty { header.side[Self.stateKey] = Tensor(carried) }
    return header
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
    fit.state = state
    fit.trainer.optimizer.steps = state.steps
    try restoreSlots(fit, header.side)
    try restoreBest(fit, header.side)
    try restoreCarried(fit, header.side)
  }

  private func restoreCarried(_ fit: Fit, _ side: [String: Tensor]) throws {
    let count = fit.trainer.network.carriedState.count
    guard count > 0 else { return }
    guard let values = side[Self.stateKey]?.values(as: Float.self), values.count == count else {
      throw Failure.data("the checkpoint lacks the state of the stateful layers")
    }
    fit.trainer.network.carriedState = values
  }

  private func compare(_ saved: [String: String]) throws {
    for name in Set(saved.keys).union(settings.keys).sorted() where saved[name] != settings[name] {
      throw Failure.usage(
        "the checkpoint was made with \(name) \(saved[name] ?? "unset"), not \(settings[name] ?? "unset")",
        remedy: "resume with the same options and data")
    }
  }

  private func restoreSlots(_ fit: Fit, _ side: [String: Tensor]) throws {
    for parameter in fit.trainer.network.parameters {
      for slot in fit.trainer.optimizer.slots {
        try restore(parameter, side["\(Self.slotPrefix)\(slot.name).\(parameter.name)"], to: slot.buffer)
      }
    }
  }

  private func restoreBest(_ fit: Fit, _ side: [String: Tensor]) throws {
    let weights = fit.trainer.network.store.values
    guard fit.state.stopping.bestEpoch > 0 else {
      fit.bestWeights = nil
      return
    }
    let best = FloatBuffer(weights.count)
    best.copy(weights)
    for parameter in fit.isAtBest ? [] : fit.trainer.network.parameters {
      try restore(parameter, side[ModelFile.bestPrefix + parameter.name], to: best)
    }
    fit.bestWeights = best
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
      JSONValue.object(epoch.values.mapValues { watched($0) })
    }
    return .object([
      "epoch": .integer(Int64(epoch)), "step_in_epoch": .integer(Int64(stepInEpoch)),
      "steps": .integer(Int64(steps)), "rate": .number(Double(rate)), "rows": .number(totals.rows),
      "sums": .array(totals.sums.map(JSONValue.number)), "history": .array(epochs),
      "stopping": stopping.json, "reducing": reducing.json, "saving": saving.json,
      "finished": .bool(isFinished),
    ])
  }

  /// The state that `json` holds; nil where something is missing. `other` tells how many sums there are.
  init?(json: JSONValue, like other: TrainingState) {
    guard let epoch = json["epoch"]?.int, let stepInEpoch = json["step_in_epoch"]?.int,
      let steps = json["steps"]?.int, let rate = json["rate"]?.double, let rows = json["rows"]?.double,
      let sums = json["sums"]?.array?.compactMap(\.double), sums.count == other.totals.sums.count,
      let history = json["history"]?.array, let stopping = json["stopping"].flatMap(EarlyStoppingState.init),
      let reducing = json["reducing"].flatMap(RateReductionState.init),
      let saving = json["saving"].flatMap(BestModelState.init), let isFinished = json["finished"]?.bool,
      epoch >= 0, stepInEpoch >= 0, steps >= 0
    else { return nil }
    self = other
    (self.epoch, self.stepInEpoch, self.steps) = (epoch, stepInEpoch, steps)
    self.rate = Float(rate)
    totals.rows = rows
    totals.sums = sums
    self.history.epochs = history.enumerated().map { number, values in
      History.Epoch(number: number + 1, values: values.object?.compactMapValues { watched($0) } ?? [:])
    }
    (self.stopping, self.reducing, self.saving) = (stopping, reducing, saving)
    self.isFinished = isFinished
  }
}

/// A number that may be missing or, as a loss may be, infinite; JSON has neither.
private func watched(_ value: Double?) -> JSONValue {
  guard let value else { return .null }
  return value.isFinite ? .number(value) : .string("\(value)")
}

private func watched(_ json: JSONValue?) -> Double? { json?.double ?? json?.string.flatMap(Double.init) }

extension EarlyStoppingState {
  fileprivate var json: JSONValue {
    [
      "best": watched(best), "best_epoch": .integer(Int64(bestEpoch)),
      "wait": .integer(Int64(wait)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let bestEpoch = json["best_epoch"]?.int, let wait = json["wait"]?.int else { return nil }
    (best, self.bestEpoch, self.wait) = (watched(json["best"]), bestEpoch, wait)
  }
}

extension RateReductionState {
  fileprivate var json: JSONValue {
    [
      "best": watched(best), "wait": .integer(Int64(wait)),
      "cooldown": .integer(Int64(cooldown)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let wait = json["wait"]?.int, let cooldown = json["cooldown"]?.int else { return nil }
    (best, self.wait, self.cooldown) = (watched(json["best"]), wait, cooldown)
  }
}

extension BestModelState {
  fileprivate var json: JSONValue {
    ["best": watched(best), "best_epoch": .integer(Int64(bestEpoch))]
  }

  fileprivate init?(json: JSONValue) {
    guard let bestEpoch = json["best_epoch"]?.int else { return nil }
    (best, self.bestEpoch) = (watched(json["best"]), bestEpoch)
  }
}
