// The state of training in a file: a model that contains, in addition to its weights, everything needed to resume:
// the optimizer's state, the best weights, the progress of training, and the options that must be the same.
//
// A checkpoint is a model file, so rnn-predict and rnn-inspect can read it.

import Failures
import JSON
import Kernels
import Networks
import Tensor
import TensorFile

/// Saves and restores a `Fit`.
public struct Checkpoint {
  private static let metadataKey = "rnn.checkpoint"
  private static let stateKey = "rnn.checkpoint.state"
  private static let slotPrefix = "rnn.checkpoint.optimizer."

  /// The options that must be the same when training is resumed, by name.
  public let settings: [String: String]

  /// - Parameter settings: the options that determine the result, and the data's hash.
  public init(settings: [String: String]) { self.settings = settings }

  /// The header of a checkpoint of `fit`; `model` (from `Fit.model`) also contains the best weights.
  public func header(_ fit: Fit, model: ModelFile) -> StreamHeader {
    var header = model.header
    header.metadata[Self.metadataKey] =
      JSONValue.object([
        "state": fit.state.json, "settings": .object(settings.mapValues(JSONValue.string)),
      ]).text
    for parameter in fit.trainer.network.parameters {
      for slot in fit.trainer.optimizer.slots {
        header.side["\(Self.slotPrefix)\(slot.name).\(parameter.name)"] = Tensor(
          parameter.read(slot.buffer), shape: parameter.shape)
      }
    }
    let layerState = fit.trainer.network.carriedState
    if !layerState.isEmpty { header.side[Self.stateKey] = Tensor(layerState) }
    return header
  }

  /// Restores `fit` from the checkpoint in `header`.
  ///
  /// - Throws: `Failure` (usage) that names an option that differs, (data) if the file is not a checkpoint or is
  ///   damaged.
  public func restore(_ fit: Fit, from header: StreamHeader) throws {
    guard header.narrow.isEmpty else {
      throw Failure.data(
        "its weights are stored in fewer bits than training needs",
        remedy: "resume from the checkpoint that it was made from, or begin with its weights: --init")
    }
    guard let text = header.metadata[Self.metadataKey] else {
      throw Failure.data("is not a checkpoint", remedy: "give the file that --checkpoint wrote")
    }
    let members = try JSONValue(parsing: text)
    try compare(members["settings"]?.object?.compactMapValues(\.string) ?? [:])
    guard let state = members["state"].flatMap({ TrainingState(json: $0, like: fit.state) }) else {
      throw Failure.data("the checkpoint's state is damaged")
    }
    try fit.trainer.network.assign(header.side)
    fit.state = state
    fit.trainer.optimizer.steps = state.steps
    try restoreSlots(fit, header.side)
    try restoreBest(fit, header.side)
    try restoreLayerState(fit, header.side)
  }

  private func restoreLayerState(_ fit: Fit, _ side: [String: Tensor]) throws {
    let count = fit.trainer.network.carriedState.count
    guard count > 0 else { return }
    guard let values = side[Self.stateKey]?.values(as: Float.self), values.count == count else {
      throw Failure.data("the state of the stateful layers is missing from the checkpoint")
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
    guard fit.state.earlyStopping.bestEpoch > 0 else {
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
      throw Failure.data("the values for \(parameter.name) are incomplete in the checkpoint")
    }
    parameter.write(values, to: buffer)
  }
}

// MARK: - State as JSON

extension TrainingState {
  var json: JSONValue {
    let epochs = history.epochs.map { epoch in
      JSONValue.object(epoch.values.mapValues { jsonNumber($0) })
    }
    return .object([
      "epoch": .integer(Int64(epoch)), "step_in_epoch": .integer(Int64(stepInEpoch)),
      "steps": .integer(Int64(steps)), "rate": .number(Double(rate)), "rows": .number(totals.rows),
      "sums": .array(totals.sums.map(JSONValue.number)), "history": .array(epochs),
      "stopping": earlyStopping.json, "reducing": reduceOnPlateau.json, "saving": saveBest.json,
      "finished": .bool(isFinished),
    ])
  }

  /// The state in `json`; nil if something is missing. `other` has the same number of sums.
  init?(json: JSONValue, like other: TrainingState) {
    guard let epoch = json["epoch"]?.int, let stepInEpoch = json["step_in_epoch"]?.int,
      let steps = json["steps"]?.int, let rate = json["rate"]?.double, let rows = json["rows"]?.double,
      let sums = json["sums"]?.array?.compactMap(\.double), sums.count == other.totals.sums.count,
      let history = json["history"]?.array, let stopping = json["stopping"].flatMap(EarlyStoppingState.init),
      let reducing = json["reducing"].flatMap(ReduceOnPlateauState.init),
      let saving = json["saving"].flatMap(SaveBestState.init), let isFinished = json["finished"]?.bool,
      epoch >= 0, stepInEpoch >= 0, steps >= 0
    else { return nil }
    self = other
    (self.epoch, self.stepInEpoch, self.steps) = (epoch, stepInEpoch, steps)
    self.rate = Float(rate)
    totals.rows = rows
    totals.sums = sums
    self.history.epochs = history.enumerated().map { number, values in
      History.Epoch(number: number + 1, values: values.object?.compactMapValues { double(from: $0) } ?? [:])
    }
    (earlyStopping, reduceOnPlateau, saveBest) = (stopping, reducing, saving)
    self.isFinished = isFinished
  }
}

/// A number that may be missing or, such as a loss, not finite, which JSON doesn't support.
private func jsonNumber(_ value: Double?) -> JSONValue {
  guard let value else { return .null }
  return value.isFinite ? .number(value) : .string("\(value)")
}

private func double(from json: JSONValue?) -> Double? { json?.double ?? json?.string.flatMap(Double.init) }

extension EarlyStoppingState {
  fileprivate var json: JSONValue {
    [
      "best": jsonNumber(best), "best_epoch": .integer(Int64(bestEpoch)),
      "wait": .integer(Int64(wait)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let bestEpoch = json["best_epoch"]?.int, let wait = json["wait"]?.int else { return nil }
    (best, self.bestEpoch, self.wait) = (double(from: json["best"]), bestEpoch, wait)
  }
}

extension ReduceOnPlateauState {
  fileprivate var json: JSONValue {
    [
      "best": jsonNumber(best), "wait": .integer(Int64(wait)),
      "cooldown": .integer(Int64(cooldown)),
    ]
  }

  fileprivate init?(json: JSONValue) {
    guard let wait = json["wait"]?.int, let cooldown = json["cooldown"]?.int else { return nil }
    (best, self.wait, self.cooldown) = (double(from: json["best"]), wait, cooldown)
  }
}

extension SaveBestState {
  fileprivate var json: JSONValue {
    ["best": jsonNumber(best), "best_epoch": .integer(Int64(bestEpoch))]
  }

  fileprivate init?(json: JSONValue) {
    guard let bestEpoch = json["best_epoch"]?.int else { return nil }
    (best, self.bestEpoch) = (double(from: json["best"]), bestEpoch)
  }
}
