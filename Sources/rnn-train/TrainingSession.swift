// One run of rnn-train, from the initial weights to the written model: fitting, checkpoints, saved models,
// interruption, and the final message.

import ByteStreams
import Failures
import Interchange
import ModelExchange
import Networks
import OperatingSystem
import Sequences
import Stage
import TensorFile
import Trackers
import Training
import TrainingOptions

/// The work behind `rnn-train`.
final class TrainingSession {
  private let run: StageRun
  private let command: Train
  private let dataHeader: StreamHeader
  private let fit: Fit
  private let checkpoint: Checkpoint
  private var historyWritten = monotonicSeconds()
  /// The run whose state training continues.
  private(set) var resumed: ResumedRun?

  /// - Parameters:
  ///   - options: how long to train, and the callbacks.
  ///   - group: the processes that train the network.
  init(
    run: StageRun, command: Train, reader: TensorReader, rows: TrainingRows, request: TrainingRequest,
    plan: TrainingPlan, _ options: FitOptions, _ group: ShardGroup
  ) throws {
    self.run = run
    self.command = command
    var header = reader.header
    header.metadata["rnn.relative"] = command.fitting.relative ? "true" : nil
    dataHeader = header
    fit = try withinAvailableMemory(of: "training") {
      let trainer = try command.setup.trainer(
        request, plan, rows, epochs: options.epochs, seed: command.seed.seed,
        threads: command.fitting.threads.count, group: group)
      return try Fit(trainer, options, training: rows.training, validation: rows.validation)
    }
    let trainer = fit.trainer
    let network = trainer.network
    for path in [command.output].compactMap({ $0 }) + command.callbacks.models(options) {
      try FileFormat(ofModel: path, ending: fileEnding(path)).check(network.architecture, at: path)
    }
    run.parameter("parameters", network.parameters.reduce(0) { $0 + $1.count })
    checkpoint = Checkpoint(
      settings: try Self.settings(
        command, plan, request, trainer, options, data: run.hash(of: reader)))
    try start(network)
  }

  /// The settings that must be the same for a resumed run to have the result of an uninterrupted one.
  private static func settings(
    _ command: Train, _ plan: TrainingPlan, _ request: TrainingRequest, _ trainer: Trainer,
    _ options: FitOptions, data: String?
  ) throws -> [String: String] {
    let objective = plan.objective.text
    let isSeveral = plan.objective.terms.count > 1
    var weights = objective.lossWeights.isEmpty ? [:] : ["loss_weights": objective.lossWeights]
    if let frozen = command.model.freeze { weights["freeze"] = frozen }
    if let path = command.fitting.validation { weights["validation"] = path }
    if let column = command.fitting.sampleWeight { weights["sample_weight"] = column }
    if options.groupsByLength { weights["group_by_length"] = "true" }
    return [
      "layers": plan.architecture.text, "loss": objective.loss,
      "metrics": objective.metrics.joined(separator: isSeveral ? "; " : ","),
      "optimizer": trainer.options.optimizer.description, "batch_size": "\(trainer.options.batchSize)",
      "seed": "\(command.seed.seed)",
      "shuffle": "\(options.shuffles)",
      "validation_split": request.validationSplit == 0 ? "none" : "\(request.validationSplit)",
      "class_weight": command.fitting.classWeight ?? "none", "relative": "\(command.fitting.relative)",
      "early_stopping": options.earlyStopping == nil
        ? "none" : try command.callbacks.rules.earlyStopping ?? command.setup.usual?.earlyStopping ?? "none",
      "reduce_lr": options.reduceOnPlateau == nil
        ? "none" : try command.callbacks.rules.reduceRate ?? command.setup.usual?.reduceRate ?? "none",
      "data": data ?? "unknown",
    ].merging(weights) { first, _ in first }
  }

  /// Loads the weights from a file, or the whole state from a checkpoint.
  private func start(_ network: Network) throws {
    if command.callbacks.resume, let path = command.callbacks.checkpoint {
      let reader = try run.reader(path, limits: .model)
      try reader.finish()
      try placed(path) { try checkpoint.restore(fit, from: reader.header) }
      resumed = reader.provenance.last.map { ResumedRun(id: $0.run, firstStep: fit.state.epoch + 1) }
      run.note("resuming after epoch \(fit.state.epoch), step \(fit.state.stepInEpoch)")
    } else if let path = command.model.initialWeights {
      var source = try run.source(path)
      if try !run.isStream(&source), WordVectors.begin(try source.peek(1 << 16)) {
        run.note(
          try EmbeddingVectors(dataHeader, named: path).assign(run.text(source, named: path), to: network))
        return
      }
      try placed(path) {
        let file = try WeightFile(source, named: path) { try run.reader($0, named: path, limits: .model) }
        let weights = try file.weights(for: network.architecture, pins: command.model.module.byLayer)
        try network.assign(weights.weights)
      }
    }
  }

  private func placed(_ path: String, _ work: () throws -> Void) throws {
    do { try work() } catch let failure as Failure { throw failure.placed(at: path) }
  }

  /// Trains, then writes the model; saves the state if training was interrupted or diverged, or a file can't be
  /// written.
  func train() throws {
    try run.checkSame(
      checkpoint.settings.merging([
        "epochs": "\(fit.options.epochs)", "step": "\(fit.state.steps)", "weights at the start": weightDigest,
      ]) { $1 })
    do {
      try trainAndWrite()
    } catch let failure as Failure where [.io, .cantCreate].contains(failure.kind) {
      throw savingState(after: failure)
    }
  }

  /// What tells the weights at the start from others.
  private var weightDigest: String {
    let bits = fit.trainer.network.store.values.array.reduce(UInt64(0)) {
      ($0 ^ UInt64($1.bitPattern)) &* 0x100_0000_01B3
    }
    return String(bits, radix: 16)
  }

  private func trainAndWrite() throws {
    run.catchInterrupts()
    let report = TrainingReport(run, epochs: fit.options.epochs) { [weak self] in try self?.epochDone($0) }
    let outcome = try fit.run(report)
    report.finish()
    if case .lost(let rank) = outcome { throw try saveState(without: rank) }
    run.endTogether()
    try writeHistory()
    switch outcome {
    case .interrupted: try interrupt()
    case .diverged: try saveLastFinite()
    case .lost: break
    case .completed, .stoppedEarly:
      try write(fit.model(dataHeader: dataHeader), to: command.output)
      write(FitSummary(fit, outcome))
    }
  }

  private func write(_ summary: FitSummary) {
    guard run.wantsJSON || !summary.text.isEmpty else { return }
    // Without an output file, standard output carries the model.
    let isError = command.output == nil || !run.wantsJSON
    run.result(summary.json, summary.text, stream: isError ? .error : .output)
  }

  private func write(_ model: ModelFile, to path: String?) throws {
    guard run.isLeader else { return }
    let format = try FileFormat(ofModel: path, ending: path.flatMap(fileEnding))
    if format == .stream { return try run.writer(path, header: model.header).finish() }
    let file = try run.file(path, binary: format.isBinary)
    let settings = ModelWriting(version: rnnpipeVersion, path: path, run: run.id)
    try ModelExchange.write(model, as: format, settings) { try file.write($0) }
    try file.finish()
    let lost = format.holdsModel ? model.lostFacts(in: format) : []
    if !lost.isEmpty, let path {
      run.warn("\(path) doesn't store \(lost.joined(separator: ", ")), which raw input needs")
    }
  }

  // MARK: Between epochs

  private func epochDone(_ epoch: History.Epoch) throws {
    // Once per second is enough to follow training; the whole history is written at the end.
    if monotonicSeconds() - historyWritten > 1 { try writeHistory() }
    if let rule = fit.options.saveBest, fit.state.saveBest.bestEpoch == epoch.number {
      try write(fit.model(dataHeader: dataHeader), to: rule.file.name(epoch))
    }
    if let rule = fit.options.saveEvery, epoch.number % rule.epochs == 0 {
      try write(fit.model(dataHeader: dataHeader), to: rule.file.name(epoch))
    }
    if let path = command.callbacks.checkpoint { try saveCheckpoint(path) }
  }

  private func writeHistory() throws {
    guard run.isLeader, let path = command.callbacks.history else { return }
    try run.replaceFile(path, with: Array(fit.state.history.csv.utf8))
    historyWritten = monotonicSeconds()
  }

  private func saveCheckpoint(_ path: String) throws { if run.isLeader { try writeCheckpoint(path) } }

  private func writeCheckpoint(_ path: String) throws {
    let sink = ByteCollector()
    let writer = TensorWriter(sink, header: checkpoint.header(fit, model: fit.model(dataHeader: dataHeader)))
    try writer.finish(Provenance(run: run.id, stage: run.stage, version: rnnpipeVersion, host: ""))
    try run.replaceFile(path, with: sink.bytes)
  }

  // MARK: Other outcomes

  private var outputName: String { command.output ?? "model.tensors.zst" }

  /// Saves the state and says how to resume.
  private func interrupt() throws {
    run.stopsEarly = true
    let path = command.callbacks.checkpoint ?? "\(outputName).checkpoint"
    try saveCheckpoint(path)
    let best = fit.bestEpoch.map { " (it also contains the weights of epoch \($0), the best)" } ?? ""
    run.warn(
      "interrupted in epoch \(fit.state.epoch + 1); no model was written. Resume with the same command and "
        + "--checkpoint \(path) --resume\(best)")
  }

  /// Saves the state before the step that can't be completed, since a process is lost.
  private func saveState(without rank: Int) throws -> Failure {
    guard run.leads(without: rank) else { return run.lost(rank, remedy: nil) }
    let path = command.callbacks.checkpoint ?? "\(outputName).checkpoint"
    try writeCheckpoint(path)
    return run.lost(
      rank,
      remedy: "no step is lost: resume, in as many processes as you like, with the same command and "
        + "--checkpoint \(path) --resume")
  }

  /// Saves the state of training in the temporary directory, if possible, and adds that to the message: the disk may
  /// be full, but no progress should be lost.
  private func savingState(after failure: Failure) -> Failure {
    let path = "\(TemporaryFile.folder)/rnn-train-\(run.id).checkpoint"
    guard fit.state.epoch > 0, (try? saveCheckpoint(path)) != nil else { return failure }
    return Failure(
      failure.kind, failure.problem, at: failure.place,
      remedy: "no progress is lost: resume with the same command and --checkpoint \(path) --resume")
  }

  /// Saves the weights of the last epoch with a finite loss, and throws.
  private func saveLastFinite() throws {
    let state = fit.state
    let loss = state.totals.loss.isNaN ? "nan" : "\(state.totals.loss)"
    let what = state.totals.loss.isFinite ? "weights are no longer finite" : "loss became \(loss)"
    let problem = "the \(what) in epoch \(state.epoch + 1), step \(state.stepInEpoch)"
    let advice = adviceOnDivergence
    run.leaveMessageToLeader()
    guard fit.lastFiniteEpoch > 0 else { throw Failure.data(problem, remedy: advice) }
    let path = "\(outputName).epoch-\(fit.lastFiniteEpoch)"
    try write(fit.model(dataHeader: dataHeader), to: path)
    let start = hasImproved(by: fit.lastFiniteEpoch) ? " with --init \(path)" : ""
    throw Failure.data(
      problem, remedy: "the weights of epoch \(fit.lastFiniteEpoch) are in \(path): \(advice)\(start)")
  }

  /// The probability of symbols that can't be aligned with the steps is 0, whatever the weights are.
  private var adviceOnDivergence: String {
    let cannotAlign =
      fit.trainer.options.objective.terms.contains(where: \.loss.isOfSequences)
      && fit.state.totals.loss == .infinity
    return cannotAlign
      ? "a row needs an unmasked step for each symbol, and one more between two equal ones; remove rows with fewer"
      : "try a smaller learning rate or --optimizer \"adam(0.001,clipnorm=1.0)\""
  }

  /// Whether the loss of `epoch` is below that of the first epoch; else its weights may have begun to grow without
  /// bound, which no further training mends.
  private func hasImproved(by epoch: Int) -> Bool {
    let epochs = fit.state.history.epochs
    guard let first = epochs.first?.values["loss"],
      let last = epochs.last(where: { $0.number == epoch })?.values["loss"]
    else { return false }
    return last < first
  }
}

/// A sink that collects bytes in memory.
private final class ByteCollector: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ bytes: [UInt8]) throws { self.bytes += bytes }
}
