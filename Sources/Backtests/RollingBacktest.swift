// A backtest with rolling origins: at each, a model that was trained on the rows before the first origin, or before this
// one, forecasts the next steps, and so do the statistical methods.
//
// Origins are independent of each other, so they are processed in parallel; each gives the same result on any number of
// threads.

import Failures
import Forecasting
import Inference
import Sequences
import Tensor
import TensorFile
import Threads
import Training

/// A backtest of one series.
public final class RollingBacktest: @unchecked Sendable {
  // Nothing changes after the initializer.

  /// The origins.
  public let plan: OriginPlan
  /// The statistical methods that are compared: those that can forecast from the first origin on.
  public let rivals: [Rival]
  /// What scaled errors are divided by, for each judged series: from the rows before the first origin.
  public let scales: [ErrorScale]
  /// The number of steps in a season; 1 if there is none.
  public let season: Int
  /// The windows of the series.
  public let layout: WindowLayout
  private let series: BacktestSeries
  private let training: FoldTraining
  private let forecasts: OriginForecasts

  /// - Parameters:
  ///   - season: the number of steps in a season; nil for the usual one of the series' times.
  ///   - hierarchy: sums of the targets that are judged too; nil for none.
  /// - Throws: `Failure` (data) if the values before the first origin can't be read.
  public init(
    _ series: BacktestSeries, _ training: FoldTraining, _ plan: OriginPlan, season: Int?,
    hierarchy: Hierarchy? = nil
  ) throws {
    (self.series, self.training, self.plan, layout) = (series, training, plan, training.layout)
    self.season = season ?? series.times?.column.step?.season ?? 1
    forecasts = OriginForecasts(series: series, layout: layout, season: self.season, hierarchy: hierarchy)
    rivals = try forecasts.rivals(at: plan.origins[0])
    scales = try forecasts.scales(before: plan.origins[0])
  }

  /// The series that are judged: the targets of the windows, or those of the hierarchy.
  public var judged: [String] { forecasts.judged }

  /// The number of origins.
  public var count: Int { plan.origins.count }

  /// The header of the results, a stream of kind `predictions`.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "predictions")
    var layout = layout
    layout.targets = judged
    layout.write(into: &header)
    header.kind = "predictions"
    series.times?.column.write(into: &header)
    return header
  }

  // MARK: One model for all origins

  /// Prepares the training of the model for all origins, on the rows before the first.
  /// - Parameters:
  ///   - threads: the maximum number of threads.
  ///   - note: is called with what the user should know, `warn` with what they should mind.
  public func prepare(
    threads: Int, note: (String) -> Void, warn: (String) -> Void
  ) throws -> BacktestModel {
    BacktestModel(try fold(before: plan.origins[0], threads: threads, note: note, warn: warn))
  }

  /// Forecasts from all origins with a trained model, in order, until `body` returns false.
  /// - Parameter body: is called with the results of some origins, and the number of origins done so far. Origins whose
  ///   windows span a gap or lack an input are left out.
  public func forecast(
    _ model: BacktestModel, threads: Int, _ body: (_ results: Chunk?, _ done: Int) throws -> Bool
  ) throws {
    let loaded = try model.loaded()
    var predictor: Predictor?
    for start in stride(from: 0, to: count, by: Self.originsAtOnce) {
      let numbers = start..<min(start + Self.originsAtOnce, count)
      let kept = try numbers.compactMap { number in
        try forecasts.window(plan.origins[number], model.fold.scaler).map { (number, $0) }
      }
      var results: Chunk?
      if let windows = Chunk.joined(kept.map(\.1)) {
        let made = try predictor ?? Predictor(loaded, like: windows, PredictorOptions(threads: threads))
        predictor = made
        let predicted = try loaded.columns(of: made.predict(windows, firstRow: start), windows)
        results = try complete(predicted, windows, kept.map(\.0), threads: threads)
      }
      guard try body(results, numbers.upperBound) else { break }
    }
    predictor?.close()
  }

  private static let originsAtOnce = 256

  // MARK: A model for each origin

  /// Trains a model for every origin from number `first` on, and forecasts with it, until `body` returns false.
  /// - Parameters:
  ///   - isInterrupted: whether to stop; called on any thread.
  ///   - body: is called in order with the result of an origin, nil if its window spans a gap or lacks an input, and
  ///     with the number of origins done so far.
  public func refit(
    from first: Int, threads: Int, isInterrupted: @escaping @Sendable () -> Bool,
    _ body: (_ result: Chunk?, _ done: Int) throws -> Bool
  ) throws {
    let work = OrderedWork<Chunk?>(first..<count, ahead: 2 * threads) { number in
      isInterrupted() ? nil : try self.trainAndForecast(number, isInterrupted)
    }
    try work.run(threads: threads) { number, chunk in
      guard !isInterrupted() else { return false }
      return try body(chunk, number + 1)
    }
  }

  private func trainAndForecast(_ number: Int, _ isInterrupted: @escaping @Sendable () -> Bool) throws
    -> Chunk?
  {
    let origin = plan.origins[number]
    let fold = try fold(before: origin, threads: 1)
    guard let window = try forecasts.window(origin, fold.scaler) else { return nil }
    let model = BacktestModel(fold)
    let outcome = try fold.fit.run(QuietObserver(isInterrupted: isInterrupted))
    guard outcome != .interrupted else { return nil }
    try model.check(outcome, origin: "origin \(number + 1)")
    let loaded = try model.loaded()
    let predictor = try Predictor(loaded, like: window, PredictorOptions(threads: 1))
    defer { predictor.close() }
    let predicted = try loaded.columns(of: predictor.predict(window, firstRow: 0), window)
    return try complete(predicted, window, [number], threads: 1)
  }

  private func fold(
    before origin: Int, threads: Int, note: (String) -> Void = { _ in }, warn: (String) -> Void = { _ in }
  ) throws -> Fold {
    let known = try series.known(at: origin)
    guard known.rows == origin else {
      throw Failure(.software, "the model of a backtest would be trained on rows after its origin")
    }
    return try training.fold(known, series.times, threads: threads, note: note, warn: warn)
  }

  // MARK: Results

  /// Adds truth, origins and the statistical methods' forecasts to predictions.
  private func complete(
    _ predicted: Chunk, _ windows: Chunk, _ numbers: [Int], threads: Int
  ) throws -> Chunk {
    var columns = predicted.columns.filter { $0.key.hasPrefix("prediction") || $0.key == "time" }
    // The quantiles of a sum are not the sums of quantiles.
    if hierarchy != nil { columns = columns.filter { ["prediction", "time"].contains($0.key) } }
    let levels = IntervalColumns(Set(columns.keys)).levels
    var others: [[String: Column]] = []
    let work = OrderedWork<[String: Column]>(0..<numbers.count, ahead: 64) { index in
      try self.forecasts.columns(at: self.plan.origins[numbers[index]], self.rivals, levels: levels)
    }
    try work.run(threads: threads) { _, found in
      others.append(found)
      return true
    }
    for name in others.first?.keys.sorted() ?? [] {
      columns[name] = Column.joined(others.compactMap { $0[name] })
    }
    let origins = numbers.map { plan.origins[$0] }
    if hierarchy != nil {
      for (name, column) in columns where name != "time" { columns[name] = try judged(column, at: origins) }
    }
    let actual = try origins.flatMap { try forecasts.actual($0) }
    columns["y"] = .dense(Tensor(actual, shape: [origins.count, actual.count / max(1, origins.count)]))
    columns["origin"] = .dense(Tensor(origins.map(Int64.init)))
    let cutoffs = origins.compactMap { series.time($0 - 1) }
    if cutoffs.count == origins.count { columns["cutoff"] = .dense(Tensor(cutoffs)) }
    return Chunk(columns, rows: numbers.count)
  }

  private var hierarchy: Hierarchy? { forecasts.hierarchy }

  /// A column of forecasts as those of the judged series.
  private func judged(_ column: Column, at origins: [Int]) throws -> Column {
    guard let tensor = column.tensor else { return column }
    let (values, width) = (tensor.doubles, tensor.rowWidth)
    let all = try origins.enumerated().flatMap { row, origin in
      try forecasts.judged(Array(values[row * width..<(row + 1) * width]), at: origin)
    }
    return .dense(Tensor(all, shape: [origins.count, all.count / max(1, origins.count)]))
  }
}

/// Training without reports.
private struct QuietObserver: FitObserver {
  let isInterrupted: @Sendable () -> Bool
  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { !isInterrupted() }
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws {}
}
