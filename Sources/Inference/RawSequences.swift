// Files of whole sequences of numbers for a classifier, prepared as the sequences of its training data were.

import ByteStreams
import Failures
import Sequences
import TensorFile

/// The sequences of a file, scaled and padded.
struct RawSequences {
  private let chunks: SequenceChunks
  private let scaling: SequenceScaling
  private let padder: SequencePadder
  /// The symbols of texts, if the sequences have those.
  private let vocabulary: Vocabulary?

  /// Nil if the model doesn't read sequences of numbers.
  /// - Parameters:
  ///   - name: the file's name, for messages.
  ///   - options: how a CSV file is read.
  /// - Throws: `Failure` (data) if the file doesn't fit the model.
  init?(
    _ source: PeekedSource, named name: String, _ model: LoadedModel, _ options: SeriesCSVOptions
  ) throws {
    guard let form = model.sequences else { return nil }
    guard let padding = model.padding else {
      throw Failure.data(
        "the model doesn't say how sequences are padded", remedy: "prepare the file with rnn-pad")
    }
    var source = source
    let sample = try source.peek(TextRecognition.sampleBytes)
    let format = SequenceFormat(sample, path: name, isWindowed: false) ?? form.format
    let sequences = try Self.open(source, format, named: name, form, options)
    guard sequences.columns.count == form.columns.count else {
      throw Failure.data(
        "a step has \(counted(sequences.columns.count, "value")), but the model reads \(form.columns.count)",
        at: name,
        remedy: "give a file with \(form.columns.joined(separator: ", "))")
    }
    chunks = SequenceChunks(
      sequences, named: name, fill: options.form.fill,
      labels: model.classes.map(LabelChoice.classes) ?? .numbers)
    scaling = SequenceScaling(model.scaler ?? .identity(form.columns), ownScale: form.ownScale)
    padder = SequencePadder(model.paddings ?? PaddingSet(padding))
    vocabulary = form.hasTexts ? model.vocabularies["target"] : nil
  }

  private static func open(
    _ source: PeekedSource, _ format: SequenceFormat, named name: String, _ form: SequenceForm,
    _ options: SeriesCSVOptions
  ) throws -> any NumberSequenceSource {
    switch format {
    case .ts: return try TSSequences(source, named: name)
    case .ucr: return UCRSequences(source, named: name)
    case .wav: return try AudioSequences(source, named: name, AudioSettings(like: form))
    case .csv, .stream:
      guard let sequence = form.sequence else {
        throw Failure.data(
          "the model doesn't say which column of a CSV file names the sequences", at: name,
          remedy: "prepare the file with rnn-window --sequence COLUMN")
      }
      var columns = SequenceColumns(sequence: sequence, label: form.label)
      columns.isLabelOptional = true
      var options = options
      options.columns = ColumnList(exactly: form.columns)
      return try LongCSVSequences(source, named: name, options, columns)
    }
  }

  /// The chunk with its texts as symbols.
  private func symbols(_ chunk: Chunk) throws -> Chunk {
    guard let vocabulary, let text = chunk.columns["text"]?.ragged else { return chunk }
    var columns = chunk.columns
    columns["y"] = .ragged(try vocabulary.tokenize(text))
    return Chunk(columns, rows: chunk.rows)
  }

  /// What the user should know, after the last chunk.
  var warnings: [String] { chunks.warnings }

  /// Calls `body` with every chunk, whose rows are scaled and padded.
  func forEach(_ body: (Chunk) throws -> Void) throws {
    var row = 0
    while let chunk = try chunks.next() {
      let labeled = try symbols(chunks.labels().apply(to: chunk))
      try padder.pad(try scaling.applied(to: labeled), firstRow: row, body)
      row += chunk.rows
    }
  }
}
