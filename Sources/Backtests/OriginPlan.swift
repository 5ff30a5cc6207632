// The origins of a backtest: the last forecast ends with the last row, and the origins before it are `step` rows apart.
//
//   rows 0 ..< origin              known: training, and the input window at their end
//   rows origin ..< origin + H     forecast, and compared with the truth
//
// Several series with times share their cutoffs in time, so that a model that is trained on all of them before a cutoff
// knows nothing of what comes after it, of no series: rows are counted in the series that ends last. With `series`, as in
// Nixtla's libraries, rows are counted from the end of each series, also for series without times.

import Failures
import Sequences

/// The rows from which a backtest forecasts.
public struct OriginPlan: Sendable, Equatable {
  /// From where origins of several series are counted.
  public enum Cutoffs: String, CaseIterable, Sendable {
    /// All series have the same cutoffs in time.
    case time
    /// Each series has its own, counted from its end.
    case series
  }

  /// The number of rows before each origin, of each series: `[origin][series]`. In series mode, 0 in series without room.
  public let origins: [[Int]]
  /// The series that are forecast from each origin.
  public let judged: [[Int]]
  /// The number of steps that are forecast.
  public let horizon: Int
  /// The number of origins of each series.
  public let counts: [Int]

  /// The number of forecasts from the first `done` origins.
  public func forecasts(_ done: Int) -> Int { judged.prefix(done).reduce(0) { $0 + $1.count } }

  /// - Parameters:
  ///   - series: the series, with the rows up to the last with a target.
  ///   - request: the windows that the model reads and forecasts.
  ///   - count: the number of origins.
  ///   - step: the rows from one origin to the next.
  ///   - cutoffs: nil for the usual ones: by time, if there are times.
  /// - Throws: `Failure` (data) if the series are too short for them and a training window before the first.
  public init(
    _ series: [CheckedSeries], _ request: WindowRequest, count: Int, step: Int, cutoffs: Cutoffs? = nil
  ) throws(Failure) {
    let extents = series.map {
      OriginGrid.Extent(name: $0.name, rows: $0.history, times: $0.historyTimes.map(Array.init))
    }
    let grid = OriginGrid(extents, request, count: count, step: step)
    (origins, judged) = try cutoffs ?? .time == .time ? grid.byTime() : grid.bySeries()
    horizon = request.layout.horizon
    var counts = Array(repeating: 0, count: series.count)
    for one in judged.joined() { counts[one] += 1 }
    self.counts = counts
  }
}

/// Places origins on the rows of series.
struct OriginGrid {
  /// What places depend on.
  struct Extent {
    let name: String?
    let rows: Int
    let times: [Int64]?
  }

  private let series: [Extent]
  private let (horizon, span, least, count, step): (Int, Int, Int, Int, Int)

  init(_ series: [Extent], _ request: WindowRequest, count: Int, step: Int) {
    (self.series, horizon, span) = (series, request.layout.horizon, request.span)
    (least, self.count, self.step) = (request.leastRows, count, step)
  }

  typealias Places = (origins: [[Int]], judged: [[Int]])

  /// How many origins fit between a training window of `known` rows and the end.
  private func most(rows: Int, known: Int) -> Int {
    let last = rows - horizon
    return last < known ? 0 : (last - known) / step + 1
  }

  // MARK: From the end of each series

  func bySeries() throws(Failure) -> Places {
    let room = series.map { most(rows: $0.rows, known: span) }
    guard let best = room.max(), count <= best else {
      let longest = room.indices.max { room[$0] < room[$1] } ?? 0
      throw tooMany(series[longest].rows, room[longest], series[longest].name)
    }
    let kept = series.map { most(rows: $0.rows, known: least) >= count }
    let origins = (0..<count).map { number in
      zip(series, kept).map { one, isKept in
        isKept ? one.rows - horizon - (count - 1 - number) * step : 0
      }
    }
    let judged = series.indices.filter { kept[$0] }
    return (origins, Array(repeating: judged, count: count))
  }

  // MARK: By time

  func byTime() throws(Failure) -> Places {
    guard series.count > 1, series.allSatisfy({ $0.times != nil }) else { return try bySeries() }
    let grid = times
    // The place of the row that completes the first training window of any series.
    let first = series.compactMap { one in
      one.rows < span ? nil : one.times.map { Self.known(grid, upTo: $0[span - 1]) }
    }.min()
    let room = first.map { most(rows: grid.count, known: $0) } ?? 0
    guard count <= room else { throw tooMany(grid.count, room, nil) }
    let places = (0..<count).map { grid.count - horizon - (count - 1 - $0) * step }
    let origins = places.map { place in
      series.map { Self.known($0.times ?? [], upTo: grid[place - 1]) }
    }
    let judged = origins.map { known in
      series.indices.filter { known[$0] >= least && known[$0] + horizon <= series[$0].rows }
    }
    return (origins, judged)
  }

  /// The times of the series that ends last, of several the longest, and those of others before its beginning.
  private var times: [Int64] {
    let ends = series.map { $0.times?.last ?? .min }
    let last = ends.max() ?? .min
    let latest = series.indices.filter { ends[$0] == last }
    let own = latest.max { series[$0].rows < series[$1].rows }.flatMap { series[$0].times } ?? []
    guard let begin = own.first else { return [] }
    var earlier: Set<Int64> = []
    for one in series { earlier.formUnion((one.times ?? []).prefix { $0 < begin }) }
    return earlier.sorted() + own
  }

  /// The number of `times`, which ascend, up to `time`.
  private static func known(_ times: [Int64], upTo time: Int64) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func tooMany(_ rows: Int, _ most: Int, _ name: String?) -> Failure {
    let apart = step == 1 ? "" : ", \(counted(step, "row")) apart,"
    let subject =
      series.count == 1
      ? "the series of \(counted(rows, "row")) is"
      : name.map { "the longest series, \($0) of \(counted(rows, "row")), is" }
        ?? "the series, which span \(counted(rows, "row")), are"
    return Failure.data(
      "\(subject) too short for \(counted(count, "origin"))\(apart) "
        + "with a training window of \(counted(span, "row")) before the first",
      remedy: most > 0
        ? "use at most --origins \(most), or a shorter --length or --horizon"
        : "use a shorter --length or --horizon")
  }
}
