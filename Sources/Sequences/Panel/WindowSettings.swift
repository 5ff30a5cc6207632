// How windows are made of one or several series: the layout, scaling, transformations, and what else is known. Streams
// and models remember it, so that new data are prepared in the same way.

import Failures
import TensorFile

/// What the user asks for, before anything is fitted.
public struct WindowRequest: Sendable {
  /// Which rows are inputs and targets.
  public var layout: WindowLayout
  /// How values are scaled.
  public var scale: ScaleKind
  /// Over which rows.
  public var scope: ScaleScope
  /// How values are transformed before.
  public var transform: TargetTransform
  /// The columns that are known over the horizon.
  public var known: [String]
  /// The features of the times.
  public var calendar: [CalendarFeature]
  /// What is done about series that are too short.
  public var short: ShortSeriesPolicy

  /// - Parameter layout: which rows are inputs and targets.
  public init(_ layout: WindowLayout) {
    (self.layout, scale, scope, transform) = (layout, .none, .all, .none)
    (known, calendar, short) = ([], [], .drop)
  }

  /// Throws `Failure(.usage)` if settings contradict each other.
  public func check(hasTimes: Bool) throws(Failure) {
    if !calendar.isEmpty, !hasTimes {
      throw Failure.usage(
        "the series has no times", at: "--calendar", remedy: "name the column of times: --time COLUMN")
    }
    if transform.reference == .difference, layout.ahead > 1 {
      throw Failure.usage(
        "differences need the value before the first target", at: "--transform difference",
        remedy: "omit --ahead")
    }
    let needsInputs = scope == .window && scale != .none ? "--scale-per window" : "--transform last"
    guard scope == .window && scale != .none || transform.reference == .last else { return }
    guard layout.targets.allSatisfy(layout.inputs.contains) else {
      throw Failure.usage(
        "the targets must be among the inputs", at: needsInputs, remedy: "add them to --columns")
    }
  }
}

/// How windows are made, with everything that was fitted on the data.
public struct WindowSettings: Sendable {
  /// Which rows are inputs and targets.
  public let layout: WindowLayout
  /// The scaling of the layout's columns.
  public let scaler: Scaler
  /// How values are transformed before.
  public let transform: TargetTransform
  /// What is known over the horizon.
  public let known: KnownColumns
  /// What describes the series.
  public let statics: StaticColumns
  /// How several series are arranged; nil if there is one.
  public let panel: PanelForm?

  init(
    layout: WindowLayout, scaler: Scaler, transform: TargetTransform, known: KnownColumns,
    statics: StaticColumns,
    panel: PanelForm?
  ) {
    (self.layout, self.scaler, self.transform) = (layout, scaler, transform)
    (self.known, self.statics, self.panel) = (known, statics, panel)
  }

  /// The settings of a stream or model; nil if it has no windows.
  public init?(header: StreamHeader) throws {
    guard let layout = try WindowLayout(header: header), let scaler = try Scaler(header: header) else {
      return nil
    }
    self.init(
      layout: layout, scaler: scaler, transform: try TargetTransform(header: header),
      known: try KnownColumns(header: header), statics: try StaticColumns(header: header),
      panel: try PanelForm(header: header))
  }

  /// The same with another stride, and the column of weights of the rows.
  public func with(stride: Int, weight: String?) -> WindowSettings {
    var layout = layout
    (layout.stride, layout.weight) = (stride, weight)
    return with(layout)
  }

  /// The same with another number of steps to forecast.
  public func with(horizon: Int) -> WindowSettings {
    var layout = layout
    layout.horizon = horizon
    return with(layout)
  }

  private func with(_ layout: WindowLayout) -> WindowSettings {
    WindowSettings(
      layout: layout, scaler: scaler, transform: transform, known: known, statics: statics, panel: panel)
  }

  /// The same with another policy for short series; nil for no change.
  public func with(short: ShortSeriesPolicy?) -> WindowSettings {
    guard let short, var panel else { return self }
    panel.short = short
    return WindowSettings(
      layout: layout, scaler: scaler, transform: transform, known: known, statics: statics, panel: panel)
  }

  /// Whether windows are more than the scaled rows of one series.
  public var isExtended: Bool {
    panel != nil || !known.isEmpty || !statics.isEmpty || !transform.isIdentity || scaler.scope != .all
  }

  /// Whether windows are the scaled rows of a series, or of several that are scaled alike, and nothing else.
  public var arePlainRows: Bool {
    known.isEmpty && statics.isEmpty && transform.isIdentity && (scaler.kind == .none || scaler.scope == .all)
  }

  /// The columns that are read.
  public var columns: [String] { layout.columns + known.columns.subtracting(layout.columns) }

  /// The column of the series and those that describe it; nil if there is one series.
  public var sequences: SequenceColumns? {
    panel.map { SequenceColumns(series: $0.column, statics: statics.columns) }
  }

  /// The first row at which a window can begin, since differences lack the rows before.
  var firstRow: Int { transform.reference == .difference ? layout.rate : 0 }

  /// Writes the metadata and side tensors, and sets the kind of the stream to `windows`.
  public func write(into header: inout StreamHeader) {
    header.metadata["rnn.static"] = nil
    header.metadata["rnn.series"] = nil
    layout.write(into: &header)
    scaler.write(into: &header)
    transform.write(into: &header)
    known.write(into: &header)
    statics.write(into: &header)
    panel?.write(into: &header)
  }

  /// Throws `Failure` (data) if the series lack times that these windows need, or aren't described in the same way.
  public func check(_ panel: SeriesPanel) throws(Failure) {
    if !known.calendar.isEmpty, panel.schema.time == nil {
      throw Failure.data(
        "the series has no times, whose calendar is needed", remedy: "name the column of times: --time COLUMN"
      )
    }
    guard panel.staticColumns != statics.columns, !statics.isEmpty else { return }
    let given =
      panel.staticColumns.isEmpty ? "no static columns" : panel.staticColumns.joined(separator: ", ")
    throw Failure.data(
      "the series are described by \(given), not by \(statics.columns.joined(separator: ", "))",
      remedy: "use rnn-split --static \(statics.columns.joined(separator: ","))")
  }

  /// The columns that a forecast reads.
  public var forecastColumns: [String] {
    let columns = needsTargets ? layout.columns : layout.inputs
    return columns + known.columns.subtracting(columns)
  }

  /// What windows need of a series.
  func requirements(isForecast: Bool) -> SeriesPreparer.Requirements {
    let before = firstRow
    let targets = isForecast ? 0 : (layout.ahead + layout.horizon - 1) * layout.rate
    return SeriesPreparer.Requirements(
      rows: (isForecast ? layout.inputSpan : layout.span) + before, leastRows: 1 + targets,
      columns: isForecast ? layout.inputs : layout.columns + [layout.weight].compactMap(\.self),
      targets: layout.targets, known: known.columns,
      isForecast: isForecast)
  }
}
