// The input of rnn-predict as its models read it: text in the encoding of the training data, pairs, vectors, and rows.

import ByteStreams
import Failures
import Inference
import Interchange
import SequenceOptions
import Sequences
import Stage
import TensorFile

extension Predict {
  /// How text is read.
  private func textOptions(_ model: LoadedModel) throws -> TextOptions {
    var reading = try textFile.options(inputFormat, usual: SourceForm(header: model.file.header))
    reading.header = CSVHeader(series.header)
    return reading
  }

  /// The text of raw input, in the encoding of the model's training data unless the user names another one.
  func text(_ source: PeekedSource, for model: LoadedModel, _ run: StageRun) throws -> PeekedSource {
    try text(source, named: inputName(input), for: model, run)
  }

  /// The text of a file, in the encoding of the model's training data unless the user names another one.
  func text(
    _ source: PeekedSource, named name: String, for model: LoadedModel, _ run: StageRun
  ) throws -> PeekedSource {
    let usual = try SourceForm(header: model.file.header)?.encoding
    return try run.text(source, named: name, encoding: encoding.choice(usual: usual))
  }

  /// The input of a model that translates.
  func pairs(
    _ source: PeekedSource, for model: LoadedModel, _ translation: Translation, _ run: StageRun
  ) throws -> TranslationInput {
    var bytes = source
    let name = inputName(input)
    guard try run.isStream(&bytes) else {
      if split != nil { throw Failure.usage("lines have no parts", at: "--split", remedy: "omit it") }
      return TranslationInput(lines: try text(bytes, for: model, run), named: name, translation)
    }
    try encoding.choice().refuseForStream(named: name)
    let reader = try run.reader(bytes, named: name)
    if !evaluates { run.keepsRows(of: reader) }
    return try TranslationInput(stream: reader, translation, model, split)
  }

  /// The vectors in a file, for a model that describes them.
  func vectors(
    _ source: PeekedSource, _ translation: Translation, _ run: StageRun
  ) throws -> any RowSource {
    if split != nil { throw Failure.usage("the file has no parts", at: "--split", remedy: "omit it") }
    let name = inputName(input)
    return try VectorFile(source, named: name, translation).rows(
      header: series.header.map { $0 ? .certain : .absent } ?? .detect
    ) { try run.text($0, named: name, encoding: encoding.choice()) }
  }

  /// The input, prepared or raw, as rows for the model.
  func rows(
    _ bytes: PeekedSource, isStream: Bool, for span: ForecastSpan, _ run: StageRun
  ) throws -> PreparedInput {
    let name = inputName(input)
    let model = span.trained
    var bytes = bytes
    if isStream {
      if let format = textFormat, format.isOfTags {
        throw Failure.usage(
          "the rows of a stream have no words", at: "--format \(format.rawValue)",
          remedy: "give the file that was tokenized")
      }
      try encoding.choice().refuseForStream(named: name)
      try series.refuseForStream(named: name)
      let reader = try run.reader(bytes, named: name)
      // Of a series, windows across the borders of shards would be missing.
      if !evaluates, reader.header.kind != "series" { run.keepsRows(of: reader) }
      return try PreparedInput(
        stream: reader, named: name, span.preparation(reader.header), fill: series.fill, gaps: gapOption.gaps,
        short: shortOption.short)
    }
    let options = try series.csvOptions(
      columns: nil, like: model.time, CSVForm(header: model.file.header))
    let isRecording = try model.sequences != nil && SequenceFormat.isRecording(bytes.peek(12))
    return try PreparedInput(
      raw: isRecording ? bytes : try text(bytes, for: model, run), named: name, span.preparation(),
      text: textOptions(model), series: options, gaps: gapOption.gaps, short: shortOption.short)
  }
}
