// The series that rnn-window reads.

import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// A series, read to its end, with its missing values filled.
struct SeriesInput {
  let series: RereadableSeries
  let header: StreamHeader
  /// Whether values may be missing still, as the user or the stream says.
  let allowsMissing: Bool

  /// - Parameter source: a CSV file, or the reader of a stream.
  init(
    _ source: OpenedInput, _ options: SeriesCSVOptions, encoding: EncodingChoice,
    gaps: GapPolicy, like model: TimeColumn?, _ command: Window, _ run: StageRun
  ) throws {
    var (form, respectsParts) = (options.form, false)
    let read: RereadableSeries
    var header = StreamHeader(kind: "series")
    switch source {
    case .stream(let reader, let name):
      try command.series.refuseForStream(named: name)
      try encoding.refuseForStream(named: name)
      read = try RereadableSeries(reader)
      header = reader.header
      // The stream's own file, not the model's, says how its values were read.
      form = try CSVForm(header: header) ?? CSVForm()
      form.fill = options.form.fill ?? form.fill
      respectsParts = try SplitMetadata(header: header)?.method == "chronological"
    case .file(let source, let name):
      let text = try run.text(source, named: name, encoding: encoding)
      read = try RereadableSeries(csv: text, named: name, options, run)
      SourceForm(encoding: encoding.name).write(into: &header)
    }
    form.write(into: &header)
    if gaps == .fill, form.fill == nil {
      throw Failure.usage(
        "the missing rows need values", at: "--gaps fill",
        remedy: "add --fill previous or --fill linear, for example")
    }
    let (complete, inserted) = try read.insertingMissingRows(gaps: gaps, like: model)
    if inserted > 0 { run.note("inserted \(inserted) missing row\(inserted == 1 ? "" : "s")") }
    let whole = try complete.whole(form.fill, respectsParts: respectsParts)
    run.report(whole.fill)
    (series, self.header, allowsMissing) = (whole.series, header, form.fill != nil)
  }
}
