// Finding out whether rnn-window reads whole sequences, and opening their source.

import ByteStreams
import Failures
import SequenceOptions
import Sequences
import Stage
import TensorFile

extension Window {
  /// Prepares whole sequences if the model, the options or the input say that there are some.
  /// - Parameter header: the header of the model or stream in --like.
  /// - Returns: whether it did.
  func prepareSequences(_ source: OpenedInput, like header: StreamHeader?, _ run: StageRun) throws -> Bool {
    let model = try header.flatMap { try SequenceModel(header: $0) }
    guard model != nil || header == nil && length == nil else { return false }
    let preparation = SequencePreparation(self, like: model, named: name, run)
    switch source {
    case .stream(let reader, _): try write(reader, preparation, like: model)
    case .file(let file, _): try write(file, preparation, like: model, run)
    }
    return true
  }

  private func write(_ reader: TensorReader, _ preparation: SequencePreparation, like model: SequenceModel?)
    throws
  {
    guard let form = try SequenceForm(header: reader.header, schema: reader.schema) else {
      if model == nil { throw lacksLength(reader.header) }
      throw Failure.data("the stream has no sequences of numbers, which the model reads")
    }
    try series.refuseForStream(named: name)
    try preparation.write(reader, form)
  }

  private func write(
    _ file: PeekedSource, _ preparation: SequencePreparation, like model: SequenceModel?, _ run: StageRun
  ) throws {
    var file = file
    let sample = try file.peek(TextRecognition.sampleBytes)
    let recognized = SequenceFormat(sample, path: name, isWindowed: false)
    guard let format = format ?? (sequence == nil ? nil : .csv) ?? recognized ?? model?.form.format else {
      throw lacksLength(nil)
    }
    if self.format == nil, sequence == nil, model == nil { run.note("reading \(name) as \(format.words)") }
    var columns = (sequence ?? model?.form.sequence).map {
      SequenceColumns(sequence: $0, label: label ?? model?.form.label)
    }
    // New data may lack labels.
    columns?.isLabelOptional = label == nil
    try write(file, format, columns, preparation, like: model, run)
  }

  private func write(
    _ source: PeekedSource, _ format: SequenceFormat, _ columns: SequenceColumns?,
    _ preparation: SequencePreparation,
    like model: SequenceModel?, _ run: StageRun
  ) throws {
    if format == .wav {
      let settings = try model.map { AudioSettings(like: $0.form) } ?? audio.settings()
      return try preparation.write(AudioSequences(source, named: name, settings), encoding: nil)
    }
    let choice = try encoding.choice(usual: model?.encoding)
    let text = try run.text(source, named: name, encoding: choice)
    switch format {
    case .ts: try preparation.write(TSSequences(text, named: name), encoding: choice.name)
    case .ucr: try preparation.write(UCRSequences(text, named: name), encoding: choice.name)
    case .csv, .stream, .wav:
      guard let columns else {
        throw Failure.usage(
          "a CSV file of sequences needs --sequence, the column that names the sequence of each row")
      }
      let named =
        self.columns.isEmpty ? model.map { ColumnList(exactly: $0.form.columns) } : ColumnList(self.columns)
      let options = try series.csvOptions(columns: named, like: model?.time, model?.csv)
      try preparation.write(LongCSVSequences(text, named: name, options, columns), encoding: choice.name)
    }
  }

  private func lacksLength(_ header: StreamHeader?) -> Failure {
    Failure.usage(
      "give the --length of a window, or --like MODEL",
      remedy: header == nil ? "or, for a CSV file of whole sequences, --sequence COLUMN" : nil)
  }
}

extension SequenceFormat {
  /// The format in words.
  fileprivate var words: String {
    switch self {
    case .csv: "a long CSV file"
    case .ucr: "lines of the UCR archive: a label, then values"
    case .ts: "a .ts file"
    case .wav: "WAV files"
    case .stream: "a stream"
    }
  }
}
