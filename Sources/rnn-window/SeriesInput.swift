// The series that rnn-window reads.

import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A series, read to its end.
struct SeriesInput {
  let series: RereadableSeries
  let header: StreamHeader

  init(_ path: String?, named name: String, _ options: SeriesCSVOptions, _ run: StageRun) throws {
    var source = try run.source(path)
    if try run.isStream(&source) {
      let reader = try run.reader(source, named: name)
      series = try RereadableSeries(reader)
      header = reader.header
    } else {
      series = try RereadableSeries(csv: source, named: name, options, run)
      header = StreamHeader(kind: "series")
    }
  }
}
