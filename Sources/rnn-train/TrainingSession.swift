// One call of rnn-train from the network's first weights to the written model: fitting, checkpoints,
// interruption, and what is said at the end.

import Failures
import Glibc
import Kernels
import ModelExchange
import Networks
import Stage
import Tensor
import TensorFile
import Training

/// The work behind `rnn-train`.
final class TrainingSession {
  private let run: StageRun
  private let command: Train
  private let choice: ModelChoice
  private let facts: StreamHeader
  private let fit: Fit
  private let checkpoint: Checkpoint
  private var historyWritten = monotonicSeconds()

  init(
    run: StageRun, command: Train, reader: TensorReader, rows: TrainingRows, choice: ModelChoice,
    optimizer: OptimizerSpec, stopping: EarlyStopping?, reducing: ReduceRate?
  ) throws {
    self.run = run
    self.command = command
    self.choice = choice
    var facts = reader.header
    facts.metadata["rnn.relative"] = command.fitting.relative ? "true" : nil
    self.facts = facts
    let threads = command.fitting.threads ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let batch = min(choice.batchSize, rows.training.rows)
    let network = try Network(choice.architecture, rows: batch, workers: threads, isTraining: true)
    network.store.initialize(seed: command.seed.seed)
    run.parameter("parameters", network.parameters.reduce(0) { $0 + $1.count })
    let trainer = try Trainer(
      network,
      TrainerOptions(
        loss: choice.loss, metrics: choice.metrics, optimizer: optimizer, batchSize: batch,
        seed: command.seed.seed, threads: threads), targetWidth: rows.training.targetWidth)
    var options = FitOptions(epochs: choice.epochs)
    options.shuffles = !command.fitting.noShuffle
    options.earlyStopping = stopping
    options.reduceRate = reducing
    fit = try Fit(trainer, options, training: rows.training, validation: rows.validation)
    checkpoint = Checkpoint(
      settings: Self.settings(command, choice, optimizer, batch: batch, data: run.hash(of: reader)))
    try start(network)
  }

  /// What a resumed run must share for its result to be that of an uninterrupted one.
  private static func settings(
    _ command: Train, _ choice: ModelChoice, _ optimizer: OptimizerSpec, batch: Int, data: String?
  ) -> [String: String] {
    [
      "layers": choice.architecture.text, "loss": choice.loss.rawValue,
      "metrics": choice.metrics.map(\.rawValue).joined(separator: ","), "optimizer": optimizer.description,
      "batch_size": "\(batch)", "seed": "\(command.seed.seed)", "shuffle": "\(!command.fitting.noShuffle)",
      "validation_split": command.fitting.validationSplit.map { "\($0)" } ?? "none",
      "early_stopping": command.fitting.earlyStopping ?? "none",
      "relative": "\(command.fitting.relative)", "reduce_lr": command.fitting.reduceRate ?? "none",
      "data": data ?? "unknown",
    ]
  }

  /// Takes weights from a file, or the whole state from a checkpoint.
  private func start(_ network: Network) throws {
    if command.fitting.resume, let path = command.fitting.checkpoint {
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

  /// Trains, then writes the model; or saves the state where training was interrupted.
  func train() throws {
    run.catchInterrupts()
    let report = TrainingReport(run, epochs: choice.epochs) { [weak self] in try self?.epochDone() }
    let ending = try fit.run(report)
    report.finish()
    try writeHistory()
    if ending == .interrupted { return try interrupt() }
    let output = try run.writer(command.output, header: model.header)
    try output.finish()
    summarize(ending)
  }

  private var model: ModelFile {
    ModelFile(
      fit.trainer.network, loss: choice.loss.rawValue, metrics: choice.metrics.map(\.rawValue), facts: facts)
  }

  private func epochDone() throws {
    // A file a second is enough for whoever watches it; the whole history is written at the end.
    if monotonicSeconds() - historyWritten > 1 { try writeHistory() }
    if let path = command.fitting.checkpoint { try saveCheckpoint(path) }
  }

  private func writeHistory() throws {
    guard let path = command.fitting.history else { return }
    try run.replaceFile(path, with: Array(fit.state.history.csv.utf8))
    historyWritten = monotonicSeconds()
  }

  private func saveCheckpoint(_ path: String) throws {
    let sink = ByteCollector()
    let writer = TensorWriter(sink, header: checkpoint.header(fit, model: model))
    try writer.finish(Provenance(run: run.id, stage: run.stage, version: rnnpipeVersion, host: ""))
    try run.replaceFile(path, with: sink.bytes)
  }

  /// Saves the state and says how to go on.
  private func interrupt() throws {
    let path = command.fitting.checkpoint ?? "\(command.output ?? "model.tensors.zst").checkpoint"
    try saveCheckpoint(path)
    run.warn(
      "interrupted in epoch \(fit.state.epoch + 1); no model was written. Go on with the same command and "
        + "--checkpoint \(path) --resume")
  }

  private func summarize(_ ending: Fit.Ending) {
    var members: [String: JSONValue] = ["epochs": .integer(Int64(fit.state.epoch))]
    let shown = fit.restoredEpoch ?? fit.state.epoch
    let values = fit.state.history.epochs.first { $0.number == shown }?.values ?? [:]
    for (name, value) in values { members[name] = .number(value) }
    members["parameters"] = .integer(Int64(fit.trainer.network.parameters.reduce(0) { $0 + $1.count }))
    if let epoch = fit.restoredEpoch { members["restored_epoch"] = .integer(Int64(epoch)) }
    var text = ending == .stoppedEarly ? "stopped early after epoch \(fit.state.epoch)" : ""
    if let epoch = fit.restoredEpoch {
      text += (text.isEmpty ? "" : "; ") + "the model has the weights of epoch \(epoch), the best"
    }
    if run.wantsJSON || !text.isEmpty {
      run.result(.object(members), text, stream: command.output == nil || !run.wantsJSON ? .error : .output)
    }
  }
}

/// A sink that keeps what it is given.
private final class ByteCollector: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ bytes: [UInt8]) throws { self.bytes += bytes }
}
