// Recognizing that a CSV file holds several series: the user names the column, or it has the name `unique_id`, as in
// the long format of Nixtla's libraries.

import Failures

extension SeriesCSVOptions {
  /// The usual name of the column that names the series of a row.
  public static let usualSeriesColumn = "unique_id"

  /// Takes the usual column of a file's header, if no other is named, and looks up the columns that describe a series.
  /// - Throws: `Failure`: a column is missing (data), or columns describe series although the file has one (usage).
  mutating func recognizePanel(_ header: [String], file: String) throws(Failure) {
    guard recognizesPanels || (sequences?.isPanel ?? false) else { return }
    let usual = [possibleSeries, Self.usualSeriesColumn].compactMap(\.self).first(where: header.contains)
    if sequences == nil, let usual { sequences = SequenceColumns(series: usual) }
    guard !statics.isEmpty else { return }
    guard sequences?.isPanel ?? false else {
      throw Failure.usage(
        "--static describes series, but \(file) has no column unique_id that names them",
        remedy: "name the column with --series")
    }
    do { sequences?.statics = try statics.names(among: header) } catch { throw error.placed(at: file) }
  }
}
