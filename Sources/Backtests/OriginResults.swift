// The results of a backtest as rows of a stream: forecasts of the model and of the statistical methods, the truth, and from
// when they are.

import Forecasting
import Inference
import Sequences
import Tensor
import TensorFile
import Threads

/// Where a forecast begins.
struct OriginPlace: Sendable {
  /// The number of the origin.
  let number: Int
  /// The number of the series.
  let series: Int
  /// The number of known rows.
  let origin: Int
}

/// Completes the predictions of a model.
struct OriginResults: Sendable {
  let forecasts: OriginForecasts
  let rivals: [Rival]
  /// The series that are judged.
  let judged: BacktestPanel
  /// Their targets.
  let targets: [String]
  let targetSums: TargetSums?
  let seriesSums: SeriesSums?

  /// Adds truth, origins and the statistical methods' forecasts to predictions.
  /// - Parameter places: where each row's forecast begins, origin by origin.
  func complete(_ predicted: Chunk, _ places: [OriginPlace], threads: Int) throws -> Chunk {
    var columns = predicted.columns.filter { $0.key.hasPrefix("prediction") || $0.key == "time" }
    // The quantiles of a sum are not the sums of quantiles.
    if targetSums != nil || seriesSums != nil {
      columns = columns.filter { ["prediction", "time"].contains($0.key) }
    }
    columns.merge(try rivalColumns(places, IntervalColumns(Set(columns.keys)).levels, threads: threads)) {
      $1
    }
    if let targetSums {
      for (name, column) in columns where name != "time" {
        columns[name] = try targetSums.judged(column, at: places.map(\.origin))
      }
    }
    var places = places
    if let seriesSums { (columns, places) = try summed(columns, places, seriesSums) }
    try addTruth(to: &columns, places)
    return Chunk(columns, rows: places.count)
  }

  private func rivalColumns(_ places: [OriginPlace], _ levels: [Double], threads: Int) throws -> [String:
    Column]
  {
    var found: [[String: Column]] = []
    let work = OrderedWork<[String: Column]>(0..<places.count, ahead: 64) { index in
      try forecasts.columns(places[index].series, at: places[index].origin, rivals, levels: levels)
    }
    try work.run(threads: threads) { _, columns in
      found.append(columns)
      return true
    }
    var columns: [String: Column] = [:]
    for name in found.first?.keys.sorted() ?? [] {
      columns[name] = Column.joined(found.compactMap { $0[name] })
    }
    return columns
  }

  private func addTruth(to columns: inout [String: Column], _ places: [OriginPlace]) throws {
    let indices = try judged.schema.indices(of: targets)
    let actual = places.flatMap { judged.actual($0.series, $0.origin, targets: indices) }
    columns["y"] = .dense(Tensor(actual, shape: [places.count, actual.count / max(1, places.count)]))
    columns["origin"] = .dense(Tensor(places.map { Int64($0.origin) }))
    let cutoffs = places.compactMap { judged.series[$0.series].rows.times?[$0.origin - 1] }
    if cutoffs.count == places.count { columns["cutoff"] = .dense(Tensor(cutoffs)) }
    guard judged.column != nil else { return }
    let names = places.map { Array((judged.series[$0.series].name ?? "").utf8) }
    columns["id"] = .ragged(
      Ragged(values: Tensor(names.flatMap(\.self)), lengths: names.map { Int32($0.count) }))
  }

  // MARK: Sums of series

  /// Forecasts of the series as those of the series and their sums. An origin that lacks the forecast of a series has no
  /// sums.
  private func summed(
    _ columns: [String: Column], _ places: [OriginPlace], _ sums: SeriesSums
  ) throws -> ([String: Column], [OriginPlace]) {
    var parts: [[String: Column]] = []
    var judgedPlaces: [OriginPlace] = []
    var start = 0
    while start < places.count {
      let number = places[start].number
      let end = places[start...].firstIndex { $0.number != number } ?? places.count
      let own = columns.mapValues { $0.slice(start..<end) }
      if end - start == sums.modeled.series.count {
        let origin = places[start].origin
        parts.append(try own.mapValues { try allSeries($0, sums, at: origin) })
        judgedPlaces += sums.judged.series.indices.map {
          OriginPlace(number: number, series: $0, origin: origin)
        }
      } else {
        parts.append(own)
        judgedPlaces += places[start..<end]
      }
      start = end
    }
    return (
      columns.keys.reduce(into: [:]) { all, name in all[name] = Column.joined(parts.compactMap { $0[name] })
      },
      judgedPlaces
    )
  }

  /// The rows of one origin: forecasts are summed, times repeated.
  private func allSeries(_ column: Column, _ sums: SeriesSums, at origin: Int) throws -> Column {
    guard let tensor = column.tensor else { return column }
    let count = sums.judged.series.count
    if tensor.values(as: Int64.self) != nil { return column.gather(Array(repeating: 0, count: count)) }
    let (values, width) = (tensor.doubles, tensor.rowWidth)
    let rows = stride(from: 0, to: values.count, by: max(1, width)).map { Array(values[$0..<$0 + width]) }
    return .dense(Tensor(try sums.all(rows, at: origin).flatMap(\.self), shape: [count, width]))
  }
}
