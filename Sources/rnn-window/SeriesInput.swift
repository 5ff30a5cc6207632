// The series that rnn-window reads: one, with its gaps and missing values filled, or several.

import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

/// One series or several, read to the end.
struct SeriesInput {
  let read: SeriesRead
  let header: StreamHeader
  /// How the file was written, and what replaces missing values.
  let form: CSVForm
  /// Whether parts are stretches of time.
  let respectsParts: Bool

  /// - Parameter source: a CSV file, or the reader of a stream.
  init(
    _ source: OpenedInput, _ options: SeriesCSVOptions, encoding: EncodingChoice, gaps: GapPolicy,
    _ command: Window, _ run: StageRun
  ) throws {
    var (form, respectsParts) = (options.form, false)
    var header = StreamHeader(kind: "series")
    switch source {
    case .stream(let reader, let name):
      try command.refuseForStream(named: name)
      try encoding.refuseForStream(named: name)
      read = try SeriesRead(reader)
      try run.requireWhole(reader)
      header = reader.header
      // The stream's own file, not the model's, says how its values were read.
      form = try CSVForm(header: header) ?? CSVForm()
      form.fill = options.form.fill ?? form.fill
      respectsParts = try SplitMetadata(header: header)?.method == "chronological"
    case .file(let source, let name):
      let text = try run.text(source, named: name, encoding: encoding)
      read = try SeriesRead(csv: text, named: name, options, run)
      SourceForm(encoding: encoding.name).write(into: &header)
    }
    form.write(into: &header)
    if gaps == .fill, form.fill == nil {
      throw Failure.usage(
        "the missing rows need values", at: "--gaps fill",
        remedy: "add --fill previous or --fill linear, for example")
    }
    (self.header, self.form, self.respectsParts) = (header, form, respectsParts)
  }
}

/// One series without gaps, and without missing values as far as they can be filled.
struct CompleteSeries {
  let series: RereadableSeries
  let header: StreamHeader
  /// Whether values may be missing still, as the user or the stream says.
  let allowsMissing: Bool

  init(
    _ series: RereadableSeries, of input: SeriesInput, gaps: GapPolicy, like model: TimeColumn?,
    _ run: StageRun
  ) throws {
    let (complete, inserted) = try series.insertingMissingRows(gaps: gaps, like: model)
    if inserted > 0 { run.note("inserted \(inserted) missing row\(inserted == 1 ? "" : "s")") }
    let whole = try complete.whole(input.form.fill, respectsParts: input.respectsParts)
    run.report(whole.fill)
    (self.series, header, allowsMissing) = (whole.series, input.header, input.form.fill != nil)
  }
}
