// One run of rnn-backtest: training, forecasts from all origins, checkpoints, and the results.

import Backtests
import ByteStreams
import Charts
import Failures
import Sequences
import Stage
import TensorFile
import Training

/// The work behind `rnn-backtest`.
final class BacktestSession {
  private let command: Backtest
  private let run: StageRun
  private let backtest: RollingBacktest
  private let settings: [String: String]
  private var scores: BacktestScores
  private var output: BacktestOutput?
  /// The results so far, as far as a checkpoint or a picture needs them.
  private var results: [Chunk] = []
  private var done = 0
  private var saved = monotonicSeconds()

  init(
    _ command: Backtest, _ run: StageRun, _ backtest: RollingBacktest, _ training: FoldTraining, data: String?
  ) throws {
    (self.command, self.run, self.backtest) = (command, run, backtest)
    let own = command.settings.merging(["data": data ?? "unknown"]) { first, _ in first }
    settings = try training.settings.merging(own) { first, _ in first }
    scores = BacktestScores(
      backtest.rivals.map(\.key), series: backtest.series, targets: backtest.targets,
      horizon: backtest.layout.horizon, scales: backtest.scales,
      ends: BacktestReport.ends(horizons: command.origins.horizon.steps))
    if command.output != nil { output = BacktestOutput(command, run, backtest) }
    for (key, value) in settings where key != "data" { run.parameter(key, value) }
    run.parameter("season", backtest.season)
  }

  /// The maximum number of threads.
  private var threads: Int { command.fitting.threads.count }

  func work() throws {
    run.catchInterrupts()
    guard try command.origins.refit ? refit() : trainOnce() else { return }
    guard scores.forecasts > 0 else {
      throw Failure.data(
        "no origin is left: the windows of all span gaps or use missing values",
        remedy: "use --fill previous, for example")
    }
    try output?.finish()
    try draw()
    report()
  }

  // MARK: One model

  /// Returns false if it was interrupted.
  private func trainOnce() throws -> Bool {
    let model = try backtest.prepare(threads: threads, note: { run.note($0) }, warn: { run.warn($0) })
    run.parameter("layers", model.layers)
    run.parameter("training_rows", model.windows)
    let checkpoint = Checkpoint(settings: settings)
    if command.origins.resume, let path = command.origins.checkpoint {
      let reader = try run.reader(path, limits: .model)
      try reader.finish()
      do { try checkpoint.restore(model.fit, from: reader.header) } catch let failure as Failure {
        throw failure.placed(at: path)
      }
      run.note("resuming after epoch \(model.fit.state.epoch), step \(model.fit.state.stepInEpoch)")
    }
    let observer = BacktestObserver(run, epochs: model.fit.options.epochs) { [self] in
      if let path = command.origins.checkpoint { try save(checkpoint, model, path) }
    }
    let outcome = try model.fit.run(observer)
    observer.finish()
    if outcome == .interrupted {
      let path = command.origins.checkpoint ?? Self.usualCheckpoint
      try save(checkpoint, model, path)
      interrupted(path)
      return false
    }
    try model.check(outcome)
    let bar = run.progress("forecasting", total: backtest.count)
    try backtest.forecast(model, threads: threads) { chunk, done in
      try take(chunk, done)
      bar.advance(to: done)
      return !run.interruption.isRequested
    }
    bar.finish()
    guard done < backtest.count else { return true }
    interrupted(nil)
    return false
  }

  private func save(_ checkpoint: Checkpoint, _ model: BacktestModel, _ path: String) throws {
    try write(checkpoint.header(model.fit, model: model.fit.model(dataHeader: model.header)), [], to: path)
  }

  // MARK: A model for each origin

  /// Returns false if it was interrupted.
  private func refit() throws -> Bool {
    let checkpoint = BacktestCheckpoint(settings: settings)
    if command.origins.resume, let path = command.origins.checkpoint { try restore(checkpoint, path) }
    let bar = run.progress("backtesting", total: backtest.count)
    bar.begin(at: done)
    let interruption = run.interruption
    try backtest.refit(from: done, threads: threads, isInterrupted: { interruption.isRequested }) {
      chunk, done in
      try take(chunk, done)
      bar.advance(to: done)
      if let path = command.origins.checkpoint, monotonicSeconds() - saved > 1 { try save(checkpoint, path) }
      return true
    }
    bar.finish()
    let isDone = done == backtest.count
    if let path = isDone ? command.origins.checkpoint : command.origins.checkpoint ?? Self.usualCheckpoint {
      try save(checkpoint, path)
      if !isDone { interrupted(path) }
    }
    return isDone
  }

  private func save(_ checkpoint: BacktestCheckpoint, _ path: String) throws {
    try write(checkpoint.header(backtest.header, done: done), results, to: path)
    saved = monotonicSeconds()
  }

  private func restore(_ checkpoint: BacktestCheckpoint, _ path: String) throws {
    let reader = try run.reader(path)
    do {
      let count = try checkpoint.done(in: reader.header)
      while let chunk = try reader.next() { if chunk.rows > 0 { try take(chunk, count) } }
      done = count
      run.note("resuming after origin \(count) of \(backtest.count)")
    } catch let failure as Failure { throw failure.placed(at: path) }
  }

  // MARK: Results

  private static let usualCheckpoint = "backtest.checkpoint.tensors.zst"

  private func take(_ chunk: Chunk?, _ done: Int) throws {
    self.done = done
    guard let chunk else { return }
    scores.add(chunk)
    try output?.write(chunk)
    if command.plot != nil || command.origins.refit { results.append(chunk) }
  }

  private func write(_ header: StreamHeader, _ chunks: [Chunk], to path: String) throws {
    let sink = ByteCollector()
    let writer = TensorWriter(sink, header: header)
    for chunk in chunks { try writer.write(chunk) }
    try writer.finish(Provenance(run: run.id, stage: run.stage, version: rnnpipeVersion, host: ""))
    try run.replaceFile(path, with: sink.bytes)
  }

  /// - Parameter path: the checkpoint; nil if only forecasts were left to do, which take little time.
  private func interrupted(_ path: String?) {
    run.stopsEarly = true
    let path = path ?? command.origins.checkpoint
    let advice = path.map { ". Resume with the same command and --checkpoint \($0) --resume" } ?? ""
    run.warn("interrupted; no results were written\(advice)")
  }

  private func draw() throws {
    guard let path = command.plot else { return }
    var curves = BacktestCurves(
      backtest.rivals.map(\.key), targets: backtest.targets, horizon: backtest.layout.horizon)
    var series: String?
    for chunk in results {
      let found = BacktestCurves.rows(of: series, in: chunk)
      series = found.name
      curves.add(found.rows)
    }
    if let series, backtest.series.count > 1 {
      run.note("the picture shows series \(series), the first of \(backtest.series.count)")
    }
    let chart = curves.chart(series: series)
    try run.write(picture: Gnuplot().picture(chart, format: PictureFormat(path: path), size: nil), to: path)
  }

  private func report() {
    let facts = BacktestReport.Facts(
      step: command.origins.step, refits: command.origins.refit, origins: done,
      skipped: backtest.forecasts(done) - scores.forecasts)
    let report = BacktestReport(scores, backtest, horizons: command.origins.horizon.steps, facts)
    for warning in report.warnings { run.warn(warning) }
    for (name, value) in report.metrics { run.metric(name, step: 0, value) }
    run.result(report.json, report.text, stream: command.output == "-" ? .error : .output)
  }
}

/// A sink that collects bytes in memory.
private final class ByteCollector: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ bytes: [UInt8]) throws { self.bytes += bytes }
}
