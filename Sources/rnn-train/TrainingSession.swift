// One call of rnn-train from the network's first weights to the written model: fitting, checkpoints, saved
// models, interruption, and what is said at the end.

import ByteStreams
import Failures
import Glibc
import Kernels
import ModelExchange
import Networks
import OperatingSystem
import Stage
import Tensor
import TensorFile
import Training

/// The work behind `rnn-train`.
final class TrainingSession {
  private let run: StageRun
  private let command: Train
  private let facts: StreamHeader
  private let fit: Fit
  private let checkpoint: Checkpoint
  private var historyWritten = monotonicSeconds()

  /// - Parameter options: how long to train and what watches it.
  init(
    run: StageRun, command: Train, reader: TensorReader, rows: TrainingRows, choice: ModelChoice,
    optimizer: OptimizerSpec, _ options: FitOptions
  ) throws {
    self.run = run
    self.command = command
    var facts = reader.header
    facts.metadata["rnn.relative"] = command.fitting.relative ? "true" : nil
    self.facts = facts
    let threads = command.fitting.threads.count
    let batch = min(choice.batchSize, rows.training.rows)
    let network = try Network(choice.architecture, rows: batch, workers: threads, isTraining: true)
    try network.store.initialize(seed: command.seed.seed)
    run.parameter("parameters", network.parameters.reduce(0) { $0 + $1.count })
    let trainer = try Trainer(
      network,
      TrainerOptions(
        choice.objective, optimizer: optimizer, batchSize: batch, seed: command.seed.seed, threads: threads),
      targetWidths: rows.targetWidths)
    fit = try Fit(trainer, options, training: rows.training, validation: rows.validation)
    checkpoint = Checkpoint(
      settings: Self.settings(command, choice, optimizer, batch: batch, data: run.hash(of: reader)))
    try start(network)
  }

  /// What a resumed run must share for its result to be that of an uninterrupted one.
  private static func settings(
    _ command: Train, _ choice: ModelChoice, _ optimizer: OptimizerSpec, batch: Int, data: String?
  ) -> [String: String] {
    let objective = choice.objective.settings
    let isSeveral = choice.objective.terms.count > 1
    let weights = objective.lossWeights.isEmpty ? [:] : ["loss_weights": objective.lossWeights]
    return [
      "layers": choice.architecture.text, "loss": objective.loss,
      "metrics": objective.metrics.joined(separator: isSeveral ? "; " : ","),
      "optimizer": optimizer.description, "batch_size": "\(batch)", "seed": "\(command.seed.seed)",
      "shuffle": "\(!command.fitting.noShuffle)",
      "validation_split": command.fitting.validationSplit.map { "\($0)" } ?? "none",
      "class_weight": command.fitting.classWeight ?? "none", "relative": "\(command.fitting.relative)",
      "early_stopping": command.callbacks.earlyStopping ?? "none",
      "reduce_lr": command.callbacks.reduceRate ?? "none", "data": data ?? "unknown",
    ].merging(weights) { first, _ in first }
  }

  /// Takes weights from a file, or the whole state from a checkpoint.
  private func start(_ network: Network) throws {
    if command.callbacks.resume, let path = command.callbacks.checkpoint {
      let reader = try run.reader(path, limits: .model)
      try reader.finish()
      try placed(path) { try checkpoint.restore(fit, from: reader.header) }
      run.note("resuming after epoch \(fit.state.epoch), step \(fit.state.stepInEpoch)")
    } else if let path = command.model.initialWeights {
      let source = try run.source(path)
      try placed(path) {
        let file = try WeightFile(source, named: path) { try run.reader($0, named: path, limits: .model) }
        try network.assign(try file.weights(for: network.architecture).weights)
      }
    }
  }

  private func placed(_ path: String, _ work: () throws -> Void) throws {
    do { try work() } catch let failure as Failure { throw failure.placed(at: path) }
  }

  /// Trains, then writes the model; or saves what there is where training was interrupted or went astray, or
  /// where a file can't be written any more.
  func train() throws {
    do {
      try trainAndWrite()
    } catch let failure as Failure where [.io, .cantCreate].contains(failure.kind) {
      throw rescued(failure)
    }
  }

  private func trainAndWrite() throws {
    run.catchInterrupts()
    let report = TrainingReport(run, epochs: fit.options.epochs) { [weak self] in try self?.epochDone($0) }
    let ending = try fit.run(report)
    report.finish()
    try writeHistory()
    switch ending {
    case .interrupted: try interrupt()
    case .diverged: try saveLastGood()
    case .allEpochs, .stoppedEarly:
      try write(fit.model(facts: facts), to: command.output)
      TrainingSummary(fit, ending).tell(run, isPiped: command.output == nil)
    }
  }

  private func write(_ model: ModelFile, to path: String?) throws {
    try run.writer(path, header: model.header).finish()
  }

  // MARK: Between epochs

  private func epochDone(_ epoch: History.Epoch) throws {
    // A file a second is enough for whoever watches it; the whole history is written at the end.
    if monotonicSeconds() - historyWritten > 1 { try writeHistory() }
    if let rule = fit.options.saveBest, fit.state.saving.bestEpoch == epoch.number {
      try write(fit.model(facts: facts), to: rule.file.name(epoch))
    }
    if let rule = fit.options.saveEvery, epoch.number % rule.epochs == 0 {
      try write(fit.model(facts: facts), to: rule.file.name(epoch))
    }
    if let path = command.callbacks.checkpoint { try saveCheckpoint(path) }
  }

  private func writeHistory() throws {
    guard let path = command.callbacks.history else { return }
    try run.replaceFile(path, with: Array(fit.state.history.csv.utf8))
    historyWritten = monotonicSeconds()
  }

  private func saveCheckpoint(_ path: String) throws {
    let sink = ByteCollector()
    let writer = TensorWriter(sink, header: checkpoint.header(fit, model: fit.model(facts: facts)))
    try writer.finish(Provenance(run: run.id, stage: run.stage, version: rnnpipeVersion, host: ""))
    try run.replaceFile(path, with: sink.bytes)
  }

  // MARK: Other endings

  private var outputName: String { command.output ?? "model.tensors.zst" }

  /// Saves the state and says how to go on.
  private func interrupt() throws {
    let path = command.callbacks.checkpoint ?? "\(outputName).checkpoint"
    try saveCheckpoint(path)
    let best = fit.bestEpoch.map { " (it holds the weights of epoch \($0), the best, too)" } ?? ""
    run.warn(
      "interrupted in epoch \(fit.state.epoch + 1); no model was written. Go on with the same command and "
        + "--checkpoint \(path) --resume\(best)")
  }

  /// Saves the state of training among the temporary files, where that works, and tells so: the disk may be full,
  /// but what was learnt is not lost.
  private func rescued(_ failure: Failure) -> Failure {
    let path = "\(TemporaryFile.folder)/rnn-train-\(run.id).checkpoint"
    guard fit.state.epoch > 0, (try? saveCheckpoint(path)) != nil else { return failure }
    return Failure(
      failure.kind, failure.problem, at: failure.place,
      remedy: "nothing learnt is lost: go on with the same command and --checkpoint \(path) --resume")
  }

  /// Saves the weights of the last epoch that was good, and fails.
  private func saveLastGood() throws {
    let state = fit.state
    let loss = state.totals.loss.isNaN ? "nan" : "\(state.totals.loss)"
    let problem = "the loss became \(loss) in epoch \(state.epoch + 1), step \(state.stepInEpoch)"
    let advice = "try a smaller learning rate or --optimizer \"adam(0.001,clipnorm=1.0)\""
    guard fit.goodEpoch > 0 else { throw Failure.data(problem, remedy: advice) }
    let path = "\(outputName).epoch-\(fit.goodEpoch)"
    try write(fit.model(facts: facts), to: path)
    throw Failure.data(
      problem, remedy: "the weights of epoch \(fit.goodEpoch) are in \(path): \(advice) with --init \(path)")
  }
}

/// A sink that keeps what it is given.
private final class ByteCollector: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ bytes: [UInt8]) throws { self.bytes += bytes }
}
