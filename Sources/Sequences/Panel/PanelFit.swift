// What windows of several series have in common, fitted before any is cut: the exponents of Box-Cox transformations, the
// scaling of all series together, and that of known and static columns. All are fitted on training rows alone.

import Failures

extension WindowSettings {
  /// Fits what `request` asks for.
  /// - Parameters:
  ///   - preparer: prepares series for windows as they will be.
  ///   - numbers: how numbers are written.
  /// - Throws: `Failure` (data), naming the series, if one can't be prepared or transformed.
  public init(
    fitting request: WindowRequest, to panel: SeriesPanel, times: PanelTimes?, fill: Fill?,
    respectsParts: Bool,
    numbers: NumberFormat
  ) throws {
    let layout = request.layout
    let scope: ScaleScope = request.scope == .series && panel.column == nil ? .all : request.scope
    let basis: Scaler.Basis = panel.hasParts ? .train : .all
    let statics = try StaticColumns(panel, numbers: numbers, scale: request.scale)
    var settings = WindowSettings(
      layout: layout,
      scaler: scope == .all
        ? .identity(layout.columns)
        : Scaler(
          request.scale, of: request.scale == .none ? .all : scope, basis: basis, columns: layout.columns),
      transform: request.transform, known: KnownColumns(columns: request.known, calendar: request.calendar),
      statics: statics, panel: panel.column.map { PanelForm(column: $0, short: request.short) })
    let fitter = PanelFitter(panel, times, fill, respectsParts)
    if case .boxCox(nil) = request.transform.values {
      let exponents = try fitter.exponents(settings)
      settings = settings.with(
        TargetTransform(values: .boxCox(exponents), reference: request.transform.reference))
    }
    guard request.scale != .none else {
      self = settings
      return
    }
    self = try fitter.scaled(settings, request.scale, basis)
  }

  fileprivate func with(_ transform: TargetTransform) -> WindowSettings {
    WindowSettings(
      layout: layout, scaler: scaler, transform: transform, known: known, statics: statics, panel: panel)
  }
}

/// Passes over all series.
private struct PanelFitter {
  let panel: SeriesPanel
  let times: PanelTimes?
  let fill: Fill?
  let respectsParts: Bool

  init(_ panel: SeriesPanel, _ times: PanelTimes?, _ fill: Fill?, _ respectsParts: Bool) {
    (self.panel, self.times, self.fill, self.respectsParts) = (panel, times, fill, respectsParts)
  }

  private func forEach(_ settings: WindowSettings, _ body: (PreparedSeries) throws -> Void) throws {
    var preparer = SeriesPreparer(
      panel.schema, settings.requirements(isForecast: false), times: times, fill: fill,
      short: settings.panel?.short ?? .drop, respectsParts: respectsParts)
    try panel.forEach { series in if let prepared = try preparer.prepare(series) { try body(prepared) } }
  }

  /// The most likely exponent for each target.
  func exponents(_ settings: WindowSettings) throws -> [Double] {
    let layout = settings.layout
    // The values are checked as they are transformed.
    let checked = TargetTransform(values: .boxCox([0]), reference: nil)
    let transformer = try SeriesTransformer(layout, checked, panel.schema)
    let targets = try transformer.numbers(of: layout.targets)
    var fits = targets.map { _ in BoxCoxFit() }
    try forEach(settings) { series in
      let transformed = try transformer(series)
      for (number, target) in targets.enumerated() {
        fits[number].add(
          series.trainingRows.map { transformed.actual[target][$0] }.filter { !$0.isNaN })
      }
    }
    return fits.map(\.exponent)
  }

  /// The settings with the scaling of all series, and of known columns.
  func scaled(_ settings: WindowSettings, _ kind: ScaleKind, _ basis: Scaler.Basis) throws -> WindowSettings {
    let (layout, known) = (settings.layout, settings.known)
    let isCommon = settings.scaler.scope == .all
    guard isCommon || !known.columns.isEmpty else { return settings }
    let transformer = try SeriesTransformer(layout, settings.transform, panel.schema)
    let indices = try panel.schema.indices(of: known.columns)
    var fit = ScalerFit(columns: layout.columns, for: kind)
    var knownFit = ScalerFit(columns: known.columns, for: kind)
    try forEach(settings) { series in
      let transformed = isCommon ? try transformer(series) : nil
      for row in series.trainingRows {
        if let transformed { fit.add(transformed.values.lazy.map { $0[row] }) }
        knownFit.add(indices.lazy.map { series.rows.values[row * series.rows.width + $0] })
      }
    }
    let scaler = isCommon ? try fit.scaler(kind, basis: basis) : settings.scaler
    return WindowSettings(
      layout: layout, scaler: scaler, transform: settings.transform,
      known: KnownColumns(
        columns: known.columns, calendar: known.calendar,
        scaler: known.columns.isEmpty ? nil : try knownFit.scaler(kind, basis: basis)),
      statics: settings.statics, panel: settings.panel)
  }
}

extension PreparedSeries {
  /// The rows that scalings are fitted on: those of part 0, or all of the past, but not those that only pad.
  var trainingRows: [Int] {
    (padded..<history).filter { row in rows.parts.map { $0[row] == 0 } ?? true }
  }
}
