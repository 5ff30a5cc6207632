// A backtest with rolling origins: at each, a model that was trained on the rows before the first origin, or before this
// one, forecasts the next steps of every series, and so do the statistical methods.
//
// Origins are independent of each other, so they are processed in parallel; each gives the same result on any number of
// threads.

import Failures
import Forecasting
import Inference
import Sequences
import TensorFile
import Threads
import Training

/// A backtest of one series, or of several by one model.
public final class RollingBacktest: @unchecked Sendable {
  // Nothing changes after the initializer.

  /// The origins.
  public let plan: OriginPlan
  /// The statistical methods that are compared: those that can forecast any series from its first origin on.
  public let rivals: [Rival]
  /// What scaled errors are divided by, for each judged series and target: from the rows before its first origin.
  public let scales: [[ErrorScale]]
  /// The number of steps in a season; 1 if there is none.
  public let season: Int
  /// The targets that are judged: those of the windows, and sums of them.
  public let targets: [String]
  private let modeled: BacktestPanel
  private let judged: BacktestPanel
  private let training: FoldTraining
  private let results: OriginResults

  /// - Parameters:
  ///   - season: the number of steps in a season; nil for the usual one of the series' times.
  ///   - hierarchy: sums of the targets that are judged too; nil for none.
  ///   - sums: sums of the series that are judged too; nil for none.
  /// - Throws: `Failure` (data) if the values before the first origin can't be read.
  public init(
    _ panel: BacktestPanel, _ training: FoldTraining, _ plan: OriginPlan, season: Int?,
    hierarchy: Hierarchy? = nil, sums: SeriesSums? = nil
  ) throws {
    (self.training, self.plan) = (training, plan)
    (modeled, judged) = (sums?.modeled ?? panel, sums?.judged ?? panel)
    let period = season ?? panel.times?.column.step?.season ?? 1
    self.season = period
    targets = hierarchy?.names ?? panel.request.layout.targets
    let forecasts = try OriginForecasts(modeled, season: period)
    let isWhole = sums?.hierarchy.method == .topDown
    let firsts = Self.firstOrigins(plan)
    rivals = try Self.rivals(forecasts, isWhole ? [firsts.compactMap(\.self).first] : firsts)
    scales = try Self.scales(judged, targets, sums == nil ? firsts : [], plan, period)
    results = OriginResults(
      forecasts: forecasts, rivals: rivals, judged: judged, targets: targets,
      targetSums: hierarchy.map { TargetSums(hierarchy: $0, panel: panel) }, seriesSums: sums)
  }

  /// The first origin of each series; nil for those without one.
  private static func firstOrigins(_ plan: OriginPlan) -> [Int?] {
    var firsts: [Int?] = plan.counts.map { _ in nil }
    for (origins, judged) in zip(plan.origins, plan.judged) {
      for series in judged where firsts[series] == nil { firsts[series] = origins[series] }
    }
    return firsts
  }

  private static func rivals(_ forecasts: OriginForecasts, _ firsts: [Int?]) throws -> [Rival] {
    let all = Rival.all(season: forecasts.season)
    var found: Set<Rival> = []
    for (series, first) in firsts.enumerated() where found.count < all.count {
      if let first { found.formUnion(try forecasts.rivals(series, at: first)) }
    }
    return all.filter(found.contains)
  }

  /// - Parameter firsts: the first origin of each series; empty if all have the same.
  private static func scales(
    _ judged: BacktestPanel, _ targets: [String], _ firsts: [Int?], _ plan: OriginPlan, _ season: Int
  ) throws -> [[ErrorScale]] {
    let columns = try judged.schema.indices(of: targets)
    return try judged.series.indices.map { series in
      let first = firsts.isEmpty ? plan.origins[0][0] : firsts[series] ?? 0
      return try judged.scales(series, before: first, columns: columns, season: season)
    }
  }

  /// The windows of the model.
  public var layout: WindowLayout { modeled.request.layout }
  /// The names of the series that are judged; empty if there is one without a name.
  public var series: [String] { judged.column == nil ? [] : judged.names }
  /// The column that names the series; nil if there is one without a name.
  public var column: String? { judged.column }
  /// The number of origins.
  public var count: Int { plan.origins.count }
  /// The rows of all series before the first origin.
  public var trainingRows: Int { origins(0).reduce(0, +) }

  /// The header of the results, a stream of kind `predictions`.
  public var header: StreamHeader {
    var header = StreamHeader(kind: "predictions")
    var layout = layout
    layout.targets = targets
    layout.write(into: &header)
    header.kind = "predictions"
    judged.times?.column.write(into: &header)
    if let column { PanelForm(column: column).write(into: &header) }
    return header
  }

  /// The known rows of each series that the model forecasts.
  private func origins(_ number: Int) -> [Int] {
    Array(plan.origins[number].prefix(modeled.series.count))
  }

  private func places(_ number: Int) -> [OriginPlace] {
    let series = modeled.series.count < plan.counts.count ? [0] : plan.judged[number]
    return series.map { OriginPlace(number: number, series: $0, origin: plan.origins[number][$0]) }
  }

  /// The number of forecasts from the first `done` origins, sums included.
  public func forecasts(_ done: Int) -> Int {
    judged.series.count == plan.counts.count ? plan.forecasts(done) : done * judged.series.count
  }

  // MARK: One model for all origins

  /// Prepares the training of the model for all origins, on the rows before the first.
  /// - Parameters:
  ///   - threads: the maximum number of threads.
  ///   - note: is called with what the user should know, `warn` with what they should mind.
  public func prepare(
    threads: Int, note: (String) -> Void, warn: (String) -> Void
  ) throws -> BacktestModel {
    BacktestModel(try fold(before: 0, threads: threads, note: note, warn: warn))
  }

  /// Forecasts from all origins with a trained model, in order, until `body` returns false.
  /// - Parameter body: is called with the results of some origins, and the number of origins done so far. Origins whose
  ///   windows span a gap or lack an input are left out.
  public func forecast(
    _ model: BacktestModel, threads: Int, _ body: (_ results: Chunk?, _ done: Int) throws -> Bool
  ) throws {
    let loaded = try model.loaded()
    var windower = try windower(model.fold)
    var predictor: Predictor?
    defer { predictor?.close() }
    for numbers in batches {
      let kept = try numbers.flatMap(places).filter {
        try windower.add(modeled.series[$0.series], origin: $0.origin)
      }
      var found: Chunk?
      if let windows = windower.take() {
        let made = try predictor ?? Predictor(loaded, like: windows, PredictorOptions(threads: threads))
        predictor = made
        let predicted = try loaded.columns(of: made.predict(windows, firstRow: 0), windows)
        found = try results.complete(predicted, kept, threads: threads)
      }
      guard try body(found, numbers.upperBound) else { break }
    }
  }

  private static let forecastsAtOnce = 256

  /// Ranges of origins with enough forecasts to be made at once.
  private var batches: [Range<Int>] {
    var (ranges, start, size) = ([Range<Int>](), 0, 0)
    for number in 0..<count {
      size += places(number).count
      guard size >= Self.forecastsAtOnce || number == count - 1 else { continue }
      ranges.append(start..<number + 1)
      (start, size) = (number + 1, 0)
    }
    return ranges
  }

  private func windower(_ fold: Fold) throws -> OriginWindower {
    try OriginWindower(
      fold.settings, modeled.schema, fill: modeled.fill, short: modeled.request.short,
      numbers: modeled.numbers)
  }

  // MARK: A model for each origin

  /// Trains a model for every origin from number `first` on, and forecasts with it, until `body` returns false.
  /// - Parameters:
  ///   - isInterrupted: whether to stop; called on any thread.
  ///   - body: is called in order with the result of an origin, nil if its windows span gaps or lack inputs, and with the
  ///     number of origins done so far.
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
    let fold = try fold(before: number, threads: 1)
    var windower = try windower(fold)
    let kept = try places(number).filter {
      try windower.add(modeled.series[$0.series], origin: $0.origin)
    }
    guard let windows = windower.take() else { return nil }
    let model = BacktestModel(fold)
    let outcome = try fold.fit.run(QuietObserver(isInterrupted: isInterrupted))
    guard outcome != .interrupted else { return nil }
    try model.check(outcome, origin: "origin \(number + 1)")
    let loaded = try model.loaded()
    let predictor = try Predictor(loaded, like: windows, PredictorOptions(threads: 1))
    defer { predictor.close() }
    let predicted = try loaded.columns(of: predictor.predict(windows, firstRow: 0), windows)
    return try results.complete(predicted, kept, threads: 1)
  }

  private func fold(
    before number: Int, threads: Int, note: (String) -> Void = { _ in }, warn: (String) -> Void = { _ in }
  ) throws -> Fold {
    let origins = origins(number)
    let known = try modeled.known(at: origins)
    guard zip(modeled.series, origins).reduce(0, { $0 + min($1.0.history, $1.1) }) == known.rowCount else {
      throw Failure(.software, "the model of a backtest would be trained on rows after its origin")
    }
    return try training.fold(known, of: modeled, threads: threads, note: note, warn: warn)
  }
}

/// Training without reports.
private struct QuietObserver: FitObserver {
  let isInterrupted: @Sendable () -> Bool
  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { !isInterrupted() }
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws {}
}
