// One of several processes that mpirun or srun has started to predict together: the first one does the work of the command
// with the help of the others (Inference/Processes), and alone reads the input and writes.

import Failures
import Inference
import Peers
import Stage

/// A process that predicts with others.
final class PredictingProcess {
  /// The model, the same in all processes.
  let model: LoadedModel
  /// The processes.
  let team: PredictionTeam
  private let command: Predict
  private let peers: any Peers
  private let run: StageRun

  /// Loads the model.
  /// - Throws: `Failure` if it can't be loaded by one of the processes, if they don't have the same model and options, or if
  ///   the work can't be divided.
  init(_ command: Predict, _ peers: any Peers, _ run: StageRun) throws {
    (self.command, self.peers, self.run) = (command, peers, run)
    var hash: String?
    (model, hash) = try run.agree {
      if let option = command.optionNotForSeveral { throw Self.refusal(option, run) }
      let loaded: (model: LoadedModel, hash: String?) = try command.loadModel(run)
      if let what = try Self.workOfOne(loaded.model) { throw Self.refusal(what, run) }
      return loaded
    }
    try run.checkSame(command.facts(modelHash: hash))
    team = PredictionTeam(peers) { [run] in run.interruption.isRequested }
  }

  /// What a model does row after row, or in steps that depend on each other; nil if its rows are independent.
  private static func workOfOne(_ model: LoadedModel) throws -> String? {
    if model.file.architecture.isStateful { return "a model that carries its state from row to row" }
    if Translation(model) != nil { return "translation" }
    return try Transcription(model, beam: nil) == nil ? nil : "transcription"
  }

  private static func refusal(_ what: String, _ run: StageRun) -> Failure {
    let (launcher, count) = (run.process?.launcher ?? "mpirun", run.process?.count ?? 1)
    return .usage(
      "\(launcher) has started \(count) processes, but \(what) works in one",
      remedy: "run it without \(launcher)")
  }

  /// Throws `Failure` (usage): the input calls for work that can't be divided.
  func refuse(_ what: String) throws { throw Self.refusal(what, run) }

  /// Does the command's work, or helps with it until it is done.
  func work() throws {
    run.catchInterrupts()
    do {
      if run.isLeader { try lead() } else { try help() }
    } catch let loss as PeerLoss {
      throw run.lost(loss.rank, remedy: "the predictions are not complete: run it again")
    }
    run.endTogether()
  }

  private func help() throws {
    try PredictionHelper(
      ForecastSpan(model, steps: command.horizon.steps), command.predictorOptions, peers
    ).work()
  }

  private func lead() throws {
    do {
      try command.perform(run, self)
      try team.end()
    } catch is CancellationError {
      try team.end()
      run.stopsEarly = true
    } catch let loss as PeerLoss {
      throw loss
    } catch {
      try team.end()
      run.endTogether()
      throw error
    }
  }
}

extension Predict {
  /// The first option that only one process can follow; nil if there is none.
  fileprivate var optionNotForSeveral: String? {
    let options = [
      ("--stream", stream), ("--generate", generation.generate != nil), ("--gradients", gradients),
      ("--gates", gates != nil), ("--anomalies", anomaly.anomalies),
    ]
    return options.first(where: \.1)?.0
  }

  /// What must be the same in all processes, by name.
  fileprivate func facts(modelHash: String?) -> [String: String] {
    var facts = ["model": modelHash ?? "unknown", "seed": "\(generation.seed.seed)"]
    facts["--evaluate"] = evaluates ? "yes" : nil
    facts["--metrics"] = metrics
    facts["--best"] = best ? "yes" : nil
    facts["--batch-size"] = batchSize.map(String.init)
    facts["--steps"] = horizon.steps.map(String.init)
    facts["--samples"] = horizon.samples.map(String.init)
    facts["--paths"] = horizon.paths ? "yes" : nil
    facts["--level"] = intervals.level.map { $0.values.map { "\($0)" }.joined(separator: ",") }
    facts["--split"] = split?.rawValue
    facts["input"] = inputName(input)
    return facts
  }
}
