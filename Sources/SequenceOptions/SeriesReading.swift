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
  ///   - defaultTime: the time column if `--time` is not given; nil to detect it.
  public func csvOptions(columns: [String]?, defaultTime: String? = nil) throws(Failure) -> SeriesCSVOptions {
    var format: TimeFormat?
    if let timeFormat { format = try TimeFormat(timeFormat) }
    return SeriesCSVOptions(
      time: time ?? defaultTime, columns: columns, timeFormat: format, separator: separator?.byte,
      header: noHeader ? .absent : .present, decimalComma: decimalComma)
  }
}

extension RereadableSeries {
  /// Reads a CSV file to its end. A time column that was detected is reported to the user.
  /// - Parameter name: the name of the file in messages.
  public convenience init(
    csv source: any ByteSource, named name: String, _ options: SeriesCSVOptions, _ run: StageRun
  ) throws {
    var csv = try SeriesCSV(source, named: name, options)
    if let column = csv.detectedTimeColumn { run.note("using column \(column) as the time column") }
    try self.init(&csv)
  }
}

/// The column names in lists such as `a,b,c`.
public func columnNames(_ lists: [String]) -> [String] {
  lists.flatMap { $0.split(separator: ",").map(String.init) }
}
