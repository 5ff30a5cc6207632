// Reading a series from a CSV file as the command line says.

import ByteStreams
import Failures
import Sequences
import Stage
import TensorFile

extension SeriesOptions {
  /// The options for reading a CSV file.
  /// - Parameters:
  ///   - columns: the columns to read; nil for all.
  ///   - model: the times that a model was trained with, which are read alike unless an option says otherwise.
  public func csvOptions(columns: [String]?, like model: TimeColumn? = nil) throws(Failure)
    -> SeriesCSVOptions
  {
    var options = SeriesCSVOptions(
      columns: columns, separator: separator?.byte, header: noHeader ? .absent : .present,
      decimalComma: decimalComma)
    options.readTimes(like: model)
    if let time { options.time = columnNames([time]) }
    if let timeFormat { options.timeFormat = try TimeFormat(timeFormat) }
    if let timeZone { options.timeZone = try NamedZone(timeZone) }
    return options
  }
}

extension RereadableSeries {
  /// Reads a CSV file to its end. A time column that was detected is reported to the user.
  /// - Parameter name: the name of the file in messages.
  public convenience init(
    csv source: any ByteSource, named name: String, _ options: SeriesCSVOptions, _ run: StageRun
  ) throws {
    var csv = try SeriesCSV(source, named: name, options)
    if let column = csv.detectedTimeColumn { run.note("using column \(column)") }
    try self.init(&csv)
    for note in csv.notes { run.note(note) }
  }
}

/// The column names in lists such as `a,b,c`.
public func columnNames(_ lists: [String]) -> [String] {
  lists.flatMap { $0.split(separator: ",").map(String.init) }
}
