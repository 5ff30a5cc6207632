// Makes the windows of a prepared series: its columns are transformed and scaled, by all series, by its own values or by
// those of each window.

import Failures
import Tensor

/// Makes the windows of one series after another.
struct WindowMaker {
  let settings: WindowSettings
  private let transformer: SeriesTransformer
  private let numbers: NumberFormat
  private(set) var knownFeatures: KnownFeatures
  /// The columns of the inputs and targets among the transformed ones; nil for a target that is missing.
  let inputs: [Int]
  let targets: [Int?]
  private let schema: SeriesSchema
  let weights: RowWeights?
  let isForecast: Bool
  /// The columns in which single precision can't distinguish neighboring values, even after scaling.
  private(set) var blurredColumns: Set<String> = []

  /// What series are scaled by, instead of their own values here, if they are scaled each by itself.
  var given = SeriesScales()
  /// What series were scaled by, if they are scaled each by itself.
  private(set) var found = SeriesScales()

  var layout: WindowLayout { settings.layout }

  /// - Parameter isForecast: whether the targets of windows are unknown.
  init(_ settings: WindowSettings, _ schema: SeriesSchema, numbers: NumberFormat, isForecast: Bool)
    throws(Failure)
  {
    (self.settings, self.schema, self.numbers, self.isForecast) = (settings, schema, numbers, isForecast)
    transformer = try SeriesTransformer(settings.layout, settings.transform, schema, isForecast: isForecast)
    knownFeatures = try KnownFeatures(settings.known, schema)
    weights =
      try isForecast
      ? nil : settings.layout.weight.map { name throws(Failure) in try RowWeights(name, schema) }
    inputs = try transformer.numbers(of: settings.layout.inputs)
    let names = transformer.names
    targets = settings.layout.targets.map { names.firstIndex(of: $0) }
  }

  /// Everything about a series that its windows share.
  struct Source {
    let series: PreparedSeries
    let columns: TransformedSeries
    let scales: [WindowScale]
    let known: [Float]
    let statics: (numbers: [Float], categories: [Int32])
    let id: [UInt8]?
    /// The times of all rows, and of a forecast's steps beyond them.
    let times: [Int64]
  }

  /// Transforms and scales a series.
  /// - Throws: `Failure` (data) that names the series.
  mutating func source(_ series: PreparedSeries) throws -> Source {
    let columns = try transformer(series)
    return try PanelSeries(name: series.name, statics: [], rows: series.rows).naming {
      let scales = try self.scales(series, columns)
      let times = futureTimes(series)
      let offsets = series.times?.column.offsets ?? .none
      return Source(
        series: series, columns: columns, scales: scales,
        known: knownFeatures.values(series.rows, times: times, offsets),
        statics: try settings.statics.values(series.statics, numbers: numbers),
        id: series.name.map { Array($0.utf8) }, times: times)
    }
  }

  /// The times of the rows, and, if a forecast's calendar goes beyond them, those of its steps.
  private func futureTimes(_ series: PreparedSeries) -> [Int64] {
    guard var times = series.rows.times else { return [] }
    let end = series.history + (layout.ahead + layout.horizon - 1) * layout.rate
    guard isForecast, let column = series.times?.column, column.step != nil, let last = times.last else {
      return times
    }
    for step in stride(from: 1, through: end - times.count, by: 1) {
      guard let time = column.advance(last, by: step) else { break }
      times.append(time)
    }
    return times
  }

  /// What each column is scaled by: for all windows of the series.
  private mutating func scales(_ series: PreparedSeries, _ columns: TransformedSeries) throws -> [WindowScale]
  {
    let scaler = settings.scaler
    let names = transformer.names
    guard scaler.kind != .none, scaler.scope != .window else { return names.map { _ in .identity } }
    if scaler.scope == .series, let known = given.values[series.name ?? ""], known.count == names.count {
      found.values[series.name ?? ""] = known
      return known
    }
    var own = scaler
    if scaler.scope == .series {
      var fit = ScalerFit(columns: names, for: scaler.kind)
      let rows = isForecast ? Array(series.padded..<series.history) : series.trainingRows
      for row in rows { fit.add(columns.values.lazy.map { $0[row] }) }
      own = try fit.scaler(scaler.kind, basis: scaler.basis)
    }
    let indices = try own.indices(of: names)
    let scales = indices.map { WindowScale(offset: own.offset[$0], factor: own.factor[$0]) }
    if settings.transform.reference != .last { notePrecision(columns, scales) }
    if scaler.scope == .series { found.values[series.name ?? ""] = scales }
    return scales
  }

  private mutating func notePrecision(_ columns: TransformedSeries, _ scales: [WindowScale]) {
    var check = SinglePrecisionCheck(columns: scales.count)
    for (number, scale) in scales.enumerated() {
      for value in columns.values[number] { check.add(scale.apply(value), column: number) }
    }
    for number in check.blurredColumns { blurredColumns.insert(transformer.names[number]) }
  }
}

/// How a column of a window is scaled.
struct WindowScale: Sendable, Equatable {
  var offset: Double
  var factor: Double
  static let identity = WindowScale(offset: 0, factor: 1)

  func apply(_ value: Double) -> Double { (value - offset) * factor }
}

// MARK: - One window

extension WindowMaker {
  /// The rows of the inputs.
  func inputRows(_ start: Int) -> StrideTo<Int> {
    stride(from: start, to: start + layout.inputSpan, by: layout.rate)
  }

  /// The rows of the targets.
  func targetRows(_ start: Int) -> StrideThrough<Int> {
    let first = start + (layout.length - 1 + layout.ahead) * layout.rate
    return stride(from: first, through: first + (layout.horizon - 1) * layout.rate, by: layout.rate)
  }

  /// Appends the window at `start`.
  /// - Throws: `Failure` (data) if a value is too large for single precision.
  func append(_ source: Source, at start: Int, part: UInt8?, to rows: inout WindowRows) throws {
    let scales = windowScales(source, at: start)
    let columns = source.columns.values
    for row in inputRows(start) {
      for input in inputs { try rows.x.append(single(scales[input].apply(columns[input][row]), source, row)) }
    }
    if !isForecast { try appendTargets(source, at: start, scales, to: &rows) }
    appendUnits(source, at: start, scales, to: &rows)
    appendCovariates(source, at: start, to: &rows)
    let targetRows = targetRows(start)
    if let last = targetRows.reversed().first, last < source.times.count {
      for row in targetRows { rows.times.append(source.times[row]) }
    }
    if let part { rows.parts.append(part) }
    if let weights { rows.weights.append(try targetWeights(weights, source, at: start).meanWeight) }
    rows.end(source.id)
  }

  /// The weights of the rows of the targets.
  private func targetWeights(_ weights: RowWeights, _ source: Source, at start: Int) throws -> [Double] {
    let series = source.series
    return try PanelSeries(name: series.name, statics: [], rows: series.rows).naming {
      try targetRows(start).map { row in
        let weight = weights.weight(series.rows, row: row)
        try weights.check(weight, row: row - series.padded)
        return weight
      }
    }
  }

  private func single(_ value: Double, _ source: Source, _ row: Int) throws -> Float {
    let rounded = Float(value)
    guard !rounded.isFinite else { return rounded }
    let name = source.series.name.map { "series \($0): " } ?? ""
    throw Failure.data("\(name)row \(row - source.series.padded + 1): a value is too large after scaling")
  }

  private func appendTargets(
    _ source: Source, at start: Int, _ scales: [WindowScale], to rows: inout WindowRows
  ) throws {
    for row in targetRows(start) {
      for case let target? in targets {
        try rows.y.append(single(scales[target].apply(source.columns.values[target][row]), source, row))
        rows.actual.append(source.columns.actual[target][row])
      }
    }
  }

  /// What the targets are scaled by, and the values that differences start from.
  private func appendUnits(
    _ source: Source, at start: Int, _ scales: [WindowScale], to rows: inout WindowRows
  ) {
    let isOwn = settings.scaler.kind != .none && settings.scaler.scope != .all
    if isOwn || settings.transform.reference == .last {
      rows.offset += targets.map { $0.map { scales[$0].offset } ?? 0 }
      rows.factor += targets.map { $0.map { scales[$0].factor } ?? 1 }
    }
    if settings.transform.reference == .difference {
      let last = start + layout.inputSpan - 1
      rows.base += targets.map { $0.map { source.columns.levels[$0][last] } ?? 0 }
    }
  }

  private func appendCovariates(_ source: Source, at start: Int, to rows: inout WindowRows) {
    let width = knownFeatures.width
    if width > 0 {
      for row in inputRows(start) { rows.known += source.known[row * width..<(row + 1) * width] }
      for row in targetRows(start) { rows.known += source.known[row * width..<(row + 1) * width] }
    }
    rows.statics += source.statics.numbers
    rows.categories += source.statics.categories
  }

  /// The scales of one window: those of the series, unless the window's own values determine them.
  private func windowScales(_ source: Source, at start: Int) -> [WindowScale] {
    var scales = source.scales
    let (kind, scope) = (settings.scaler.kind, settings.scaler.scope)
    if kind != .none, scope == .window {
      let rows = inputRows(start)
      for input in Set(inputs) {
        scales[input] = WindowScale(kind, of: rows.map { source.columns.values[input][$0] })
      }
    }
    if settings.transform.reference == .last {
      let last = start + layout.inputSpan - 1
      for input in Set(inputs) { scales[input].offset = source.columns.values[input][last] }
    }
    return scales
  }
}

extension WindowScale {
  /// The scale by the values of a window, which are known; a constant window is not divided.
  init(_ kind: ScaleKind, of values: [Double]) {
    var fit = ScalerFit(columns: [""], for: kind)
    for value in values { fit.add(CollectionOfOne(value)) }
    // Values of such size that this fails are found when they are rounded.
    let scaler = try? fit.scaler(kind, basis: .all)
    self.init(offset: scaler?.offset[0] ?? .infinity, factor: scaler?.factor[0] ?? 1)
  }
}
