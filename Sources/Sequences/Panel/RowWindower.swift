// The window of the last rows of a series that is still being written, where windows are more than scaled rows: what
// rnn-window would make of the same rows.

import Failures
import TensorFile

/// Makes windows of rows at hand.
public struct RowWindower {
  private let settings: WindowSettings
  private let schema: SeriesSchema
  private var maker: WindowMaker

  /// - Parameter columns: the columns of the rows, among them the inputs and the targets.
  /// - Throws: `Failure` (usage) if windows need more than the last rows.
  public init(_ settings: WindowSettings, columns: [String]) throws(Failure) {
    (self.settings, schema) = (settings, SeriesSchema(columns: columns))
    if let reason = settings.needsMoreThanRows {
      throw Failure.usage(
        reason, at: "--stream", remedy: "give files, or train on windows that lines can be made into")
    }
    maker = try WindowMaker(settings, schema, numbers: CSVForm().numbers, isForecast: true)
  }

  /// The rows from the first one of a window to its last input, with those that differences need before.
  public var rows: Int { settings.layout.inputSpan + settings.firstRow }

  /// The window of `rows` rows: `x`, and what its targets are scaled by.
  /// - Throws: `Failure` (data) if a value can't be transformed.
  public mutating func window(_ values: [[Double]]) throws -> Chunk {
    var rows = SeriesRows(width: schema.columns.count, hasTimes: false, hasParts: false)
    rows.values = values.flatMap(\.self)
    let prepared = PreparedSeries(
      name: nil, statics: [], rows: rows, history: values.count, times: nil, padded: 0)
    let source = try maker.source(prepared)
    var block = WindowRows()
    try maker.append(source, at: values.count - settings.layout.inputSpan, part: nil, to: &block)
    return block.chunk(settings)
  }
}

extension WindowSettings {
  /// Why windows can't be made of the last rows of a series alone; nil if they can.
  var needsMoreThanRows: String? {
    if !known.isEmpty { return "the model reads what is known of the future, which lines don't tell" }
    if !statics.isEmpty { return "the model reads what describes a series, which lines don't tell" }
    guard scaler.kind != .none, scaler.scope == .series else { return nil }
    return
      "the model scales each series by all its values, which lines don't tell (rnn-window --scale-per window or all)"
  }
}
