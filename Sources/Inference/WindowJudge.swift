// What a model's forecasts are compared with: the forecasts of statistical methods that know every row before a window
// that the stream has, and for scaled errors, those of the seasonal naive forecast on the rows before the first window
// that is judged. All are per series and target.

import Failures
import Forecasting
import Sequences
import Tensor
import TensorFile
import Threads

/// Compares the forecasts of windows with the truth, and with statistical methods.
struct WindowJudge {
  /// The scores of a series, by target.
  private struct SeriesScores {
    var model: [ForecastScore]
    /// By method, then by target.
    var rivals: [[ForecastScore]] = []
    var scales: [ErrorScale]
  }

  /// The statistical methods, those that can forecast the first window that is judged.
  private(set) var rivals: [Rival] = []
  private let layout: WindowLayout
  private let season: Int
  private let levels: [Double]
  private let threads: Int
  private let units: WindowUnits
  /// The sizes of the numbers by which all rows are scaled, for each target; empty if each row has its own.
  private let sizes: [Double]
  private var history: WindowHistory?
  private var series: [SeriesScores] = []
  private var id: [UInt8]?
  /// The series of each window that was seen and is not judged yet.
  private var waiting: [Int] = []
  /// The naive forecasts of these windows.
  private var waitingNaive: [[Double]] = []

  /// - Parameters:
  ///   - season: the number of steps in a season; 1 if there is none.
  ///   - levels: the levels of intervals in percent, if the model forecasts any.
  ///   - threads: the maximum number of threads; results don't depend on it.
  init(
    _ layout: WindowLayout, scaler: Scaler, transform: TargetTransform, season: Int, levels: [Double],
    threads: Int
  ) {
    (self.layout, self.season, self.levels, self.threads) = (layout, season, levels, threads)
    units = WindowUnits(layout, scaler: scaler, transform: transform)
    let indices = scaler.scope == .all ? layout.targets.compactMap { scaler.columns.firstIndex(of: $0) } : []
    sizes = indices.map { abs(scaler.offset[$0]) + 1 / abs(scaler.factor[$0]) }
    // A target that is not an input has no known past; a reconstructed window has no future.
    let isForecast = !layout.isReconstruction && layout.targets.allSatisfy(layout.inputs.contains)
    history = isForecast ? WindowHistory(layout) : nil
  }

  // MARK: The statistical methods

  /// Looks at windows, in the order of the stream.
  /// - Parameters:
  ///   - actual: the targets in the units of the data.
  ///   - selected: which of the windows are judged; the others are known before later ones.
  mutating func see(_ chunk: Chunk, actual: [Double], selected: [Bool]) throws {
    let width = layout.horizon * layout.targets.count
    guard history != nil, actual.count == chunk.rows * width, let values = try units.history(of: chunk) else {
      return
    }
    let (rowSizes, length) = (self.rowSizes(chunk), layout.length * layout.targets.count)
    var places: [(row: Int, position: WindowHistory.Position)] = []
    for row in 0..<chunk.rows {
      if begins(chunk, row) {
        // The positions found so far are those of the series before.
        try judge(places, actual)
        places = []
        history?.beginSeries()
        series.append(SeriesScores(model: noScores, scales: []))
      }
      let window = Array(values[row * length..<(row + 1) * length])
      guard
        let position = history?.add(
          window, sizes: rowSizes(row), actual: actual[row * width..<(row + 1) * width])
      else { continue }
      if selected[row] { places.append((row, position)) }
    }
    try judge(places, actual)
    history?.forgetOldRuns()
  }

  /// The sizes of the numbers by which a row was scaled, for each target.
  private func rowSizes(_ chunk: Chunk) -> (_ row: Int) -> [Double] {
    let (common, width) = (sizes, layout.targets.count)
    let offset = chunk.columns["offset"]?.tensor?.doubles ?? []
    let factor = chunk.columns["factor"]?.tensor?.doubles ?? []
    guard offset.count == chunk.rows * width, factor.count == offset.count else {
      return { _ in common.isEmpty ? Array(repeating: 1, count: width) : common }
    }
    return { row in (row * width..<(row + 1) * width).map { abs(offset[$0]) + 1 / abs(factor[$0]) } }
  }

  private var noScores: [ForecastScore] { layout.targets.map { _ in ForecastScore() } }

  /// Whether a row is the first of another series.
  private mutating func begins(_ chunk: Chunk, _ row: Int) -> Bool {
    let name = chunk.columns["id"]?.ragged.flatMap { ids -> [UInt8]? in
      let offsets = ids.offsets
      return ids.values.values(as: UInt8.self).map { Array($0[offsets[row]..<offsets[row + 1]]) }
    }
    defer { id = name }
    return series.isEmpty || name != id
  }

  /// Forecasts windows of one series with the statistical methods.
  private mutating func judge(
    _ places: [(row: Int, position: WindowHistory.Position)], _ actual: [Double]
  ) throws {
    guard let first = places.first, let runs = history?.runs, !series.isEmpty else { return }
    let current = series.count - 1
    let known = runs[first.position.run].map { $0[..<first.position.count] }
    if series[current].scales.isEmpty {
      series[current].scales = known.map { ErrorScale(Array($0), season: season) }
    }
    if rivals.isEmpty {
      rivals = Rival.all(season: season).filter { rival in
        known.allSatisfy { rival.forecast($0, season: season, horizon: 1) != nil }
      }
    }
    if series[current].rivals.isEmpty { series[current].rivals = rivals.map { _ in noScores } }
    waiting += places.map { _ in current }
    let firstNaive = waitingNaive.count
    waitingNaive += places.map { _ in Array(repeating: .nan, count: layout.horizon * layout.targets.count) }
    let (methods, period, needsDeviations) = (rivals, season, !levels.isEmpty)
    let steps = layout.ahead - 1 + layout.horizon
    let positions = places.map(\.position)
    let work = OrderedWork<[[SeriesForecast?]]>(0..<places.count, ahead: 64) { index in
      let position = positions[index]
      return methods.map { method in
        zip(runs[position.run], position.sums).map { values, sum in
          method.forecast(
            values[..<position.count], sum: sum, season: period, horizon: steps,
            needsDeviations: needsDeviations)
        }
      }
    }
    try work.run(threads: threads) { number, forecasts in
      for (method, targets) in forecasts.enumerated() {
        for (target, forecast) in targets.enumerated() {
          guard let forecast else { continue }
          if methods[method] == .naive { keep(forecast, target, at: firstNaive + number) }
          add(forecast, method, target, actual, row: places[number].row, to: current)
        }
      }
      return true
    }
  }

  private mutating func keep(_ forecast: SeriesForecast, _ target: Int, at place: Int) {
    for step in 0..<layout.horizon {
      waitingNaive[place][step * layout.targets.count + target] = forecast.values[layout.ahead - 1 + step]
    }
  }

  private mutating func add(
    _ forecast: SeriesForecast, _ method: Int, _ target: Int, _ actual: [Double], row: Int, to current: Int
  ) {
    let limits = levels.map { (forecast.quantile(0.5 - $0 / 200), forecast.quantile(0.5 + $0 / 200)) }
    for step in 0..<layout.horizon {
      let truth = actual[(row * layout.horizon + step) * layout.targets.count + target]
      let place = layout.ahead - 1 + step
      series[current].rivals[method][target].add(
        forecast.values[place], actual: truth,
        intervals: zip(levels, limits).map { ($0, $1.0[place], $1.1[place]) })
    }
  }

  // MARK: The model

  /// Judges the model's forecasts of the next windows that were seen.
  /// - Parameters:
  ///   - prediction: the forecasts `[rows, horizon * targets]`.
  ///   - limits: the intervals by level, of the same shape.
  /// - Returns: the naive forecasts of the same windows; nil if there are none.
  mutating func add(
    _ prediction: [Double], _ limits: [Double: (low: [Double], high: [Double])], actual: [Double]
  ) -> [Double]? {
    let width = layout.horizon * layout.targets.count
    guard prediction.count == actual.count, width > 0 else { return nil }
    if series.isEmpty { series.append(SeriesScores(model: noScores, scales: [])) }
    for row in 0..<actual.count / width {
      let current = row < waiting.count ? waiting[row] : series.count - 1
      for index in row * width..<(row + 1) * width {
        series[current].model[index % layout.targets.count].add(
          prediction[index], actual: actual[index],
          intervals: limits.sorted { $0.key < $1.key }.map {
            ($0.key, $0.value.low[index], $0.value.high[index])
          })
      }
    }
    let count = min(waiting.count, actual.count / width)
    waiting.removeFirst(count)
    let naive = waitingNaive.prefix(count).flatMap(\.self)
    waitingNaive.removeFirst(count)
    return naive.count == actual.count ? naive : nil
  }

  // MARK: Results

  /// The model's scores.
  /// - Parameter target: the index of a target; nil for all.
  func model(target: Int? = nil) -> ScoreSummary { summary(target) { $0.model } }

  /// A method's scores.
  func rival(_ number: Int, target: Int? = nil) -> ScoreSummary {
    summary(target) { number < $0.rivals.count ? $0.rivals[number] : [] }
  }

  private func summary(_ target: Int?, _ scores: (SeriesScores) -> [ForecastScore]) -> ScoreSummary {
    ScoreSummary(
      series.flatMap { one in
        scores(one).enumerated().filter { target == nil || $0.offset == target }.filter {
          $0.element.count > 0
        }
        .map { ($0.element, one.scales.isEmpty ? ErrorScale([], season: 1) : one.scales[$0.offset]) }
      })
  }
}
