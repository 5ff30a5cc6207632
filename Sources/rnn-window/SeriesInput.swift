// The series that rnn-window reads.

import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A series, read to its end.
struct SeriesInput {
  let series: RereadableSeries
  let header: StreamHeader

  init(
    _ path: String?, named name: String, _ options: SeriesCSVOptions,
    encoding: EncodingChoice, _ run: StageRun
  ) throws {
    var source = try run.source(path)
    if try run.isStream(&source) {
      try encoding.refuseForStream(named: name)
      let reader = try run.reader(source, named: name)
      series = try RereadableSeries(reader)
      header = reader.header
    } else {
      let text = try run.text(source, named: name, encoding: encoding)
      series = try RereadableSeries(csv: text, named: name, options, run)
      var header = StreamHeader(kind: "series")
      SourceForm(encoding: encoding.name).write(into: &header)
      self.header = header
    }
  }
}
