// The window of the last rows of a series that is still being written, where windows are more than scaled rows: what
// rnn-window would make of the same rows.

import Failures
import TensorFile

/// Makes windows of rows at hand.
public struct RowWindower {
  private let settings: WindowSettings
  private let schema: SeriesSchema
  private var maker: WindowMaker

  /// - Parameters:
  ///   - columns: the columns of the rows, among them the inputs and the targets.
  ///   - scales: what series are scaled by, if each is scaled by itself; nil if that is not known.
  /// - Throws: `Failure` (usage) if windows need more than the last rows.
  public init(_ settings: WindowSettings, columns: [String], scales: SeriesScales?) throws(Failure) {
    (self.settings, schema) = (settings, SeriesSchema(columns: columns))
    if let problem = settings.needsMoreThanRows(hasScales: scales != nil) { throw problem }
    maker = try WindowMaker(settings, schema, numbers: CSVForm().numbers, isForecast: true)
    if let scales { maker.given = scales }
  }

  /// The rows from the first one of a window to its last input, with those that differences need before.
  public var rows: Int { settings.layout.inputSpan + settings.firstRow }

  /// The window of `rows` rows: `x`, and what its targets are scaled by.
  /// - Parameter series: the name of the series.
  /// - Throws: `Failure` (data) if a value can't be transformed.
  public mutating func window(_ values: [[Double]], series: String) throws -> Chunk {
    var rows = SeriesRows(width: schema.columns.count, hasTimes: false, hasParts: false)
    rows.values = values.flatMap(\.self)
    let prepared = PreparedSeries(
      name: series, statics: [], rows: rows, history: values.count, times: nil, padded: 0)
    let source = try maker.source(prepared)
    var block = WindowRows()
    try maker.append(source, at: values.count - settings.layout.inputSpan, part: nil, to: &block)
    return block.chunk(settings)
  }
}

extension WindowSettings {
  /// Why windows can't be made of the last rows of a series alone; nil if they can.
  /// - Parameter hasScales: whether it is known what each series is scaled by.
  func needsMoreThanRows(hasScales: Bool) -> Failure? {
    func refusal(_ reason: String, _ remedy: String) -> Failure {
      .usage("the model \(reason), which lines don't tell", at: "--stream", remedy: remedy)
    }
    if !known.isEmpty { return refusal("reads what is known of the future", "give it files") }
    if !statics.isEmpty { return refusal("reads what describes a series", "give it files") }
    guard scaler.kind != .none, scaler.scope == .series, !hasScales else { return nil }
    return refusal(
      "scales each series by all its values",
      "with --anomalies, calibrate it on the series themselves; else train on windows of rnn-window --scale-per window"
    )
  }
}
