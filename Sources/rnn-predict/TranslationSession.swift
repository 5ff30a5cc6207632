// One run of rnn-predict with a model that translates: produces sequences for sources, and compares them with targets.

import ByteStreams
import Failures
import Inference
import Interchange
import JSON
import Sequences
import Stage
import TensorFile

/// The work behind `rnn-predict` for a model that translates.
final class TranslationSession {
  private let command: Predict
  private let model: LoadedModel
  private let translation: Translation
  private let run: StageRun
  private let decoder: SequenceDecoder
  private let bar: Progress
  private var forcing: TeacherForcing?
  private var attention: AttentionReader?
  private var scores = TranslationScores()
  private var sink: TranslationSink?
  private var count = 0
  /// The rows whose results ended because they were too long.
  private var cut = 0
  /// The rows whose sources are longer than any in training.
  private var long = 0

  init(_ command: Predict, _ model: LoadedModel, _ translation: Translation, _ run: StageRun) throws {
    (self.command, self.model, self.translation, self.run) = (command, model, translation, run)
    if let option = command.optionNotForTranslation {
      throw Failure.usage("the model translates", at: option, remedy: "omit it")
    }
    decoder = try SequenceDecoder(
      model, translation, command.translation.search, threads: command.threads.count)
    if command.evaluate {
      forcing = try TeacherForcing(
        model, translation, metrics: command.metrics, threads: command.threads.count)
    }
    bar = run.progress(translation.source == nil ? "describing" : "translating", total: nil)
    if command.translation.attention {
      attention = try AttentionReader(model, translation, threads: command.threads.count)
    }
    run.parameter("beam", command.translation.search.width)
  }

  /// Translates all rows of the input.
  func predict(_ input: TranslationInput) throws {
    var input = input
    try openSink(input)
    while let rows = try input.next() { try translate(rows) }
    try finish(input)
  }

  /// Describes the vectors of a file.
  func predict(_ vectors: any RowSource) throws {
    var input = TranslationInput(vectors: translation)
    try openSink(input)
    try vectors.chunks { try translate(input.read($0)) }
    try finish(input)
  }

  private func openSink(_ input: TranslationInput) throws {
    guard !command.evaluate || command.output != nil else { return }
    sink = try TranslationSink(command, model, input.header, run)
  }

  private func finish(_ input: TranslationInput) throws {
    bar.finish()
    guard count > 0 else { throw noRows(read: input.rowsRead) }
    warn()
    try sink?.finish()
    try report()
  }

  private func noRows(read: Int) -> Failure {
    read == 0
      ? .data("there are no rows for which to predict")
      : .data(
        "none of the \(counted(read, "row")) is in the part for which to predict",
        remedy: "choose another part, or --split \(RowSelection.all.rawValue)")
  }

  private func translate(_ rows: TranslationRows) throws {
    guard !rows.sources.isEmpty else { return }
    defer { bar.advance(to: count) }
    if command.evaluate {
      guard let targets = rows.targets else {
        throw Failure.data(
          "there are no targets, which --evaluate needs",
          remedy: translation.source == nil
            ? "give a stream with the column target" : "write lines as source<TAB>target")
      }
      try forcing?.add(sources: rows.sources, targets: targets)
    }
    let results = TranslatedRows(
      rows, try decoder.decode(rows.sources), translation.target,
      best: command.translation.search.best)
    if command.evaluate, let texts = rows.targetTexts {
      for (row, text) in texts.enumerated() { scores.add(results.text(row), reference: text) }
    }
    count += rows.sources.count
    cut += results.hypotheses.count { $0.first?.isComplete == false }
    let longest = model.padding?.length ?? .max
    long += rows.sources.count { $0.count > longest }
    try sink?.write(results, attention: attention)
  }

  private func warn() {
    if long > 0 {
      run.warn(
        "\(counted(long, "source")) \(long == 1 ? "is" : "are") longer than those of the training data "
          + "(\(model.padding?.length ?? 0) tokens); long ones may be translated badly")
    }
    if cut > 0 {
      run.warn(
        "\(counted(cut, "result")) \(cut == 1 ? "was" : "were") cut before the end mark (--max-length allows more)"
      )
    }
  }

  private func report() throws {
    guard let forcing else {
      return run.result(["rows": .integer(Int64(count))], "", stream: .error)
    }
    let values = forcing.values + scores.values
    for (name, value) in values { run.metric(name, step: 0, value) }
    let members = Dictionary(values.map { ($0.name, JSONValue.number($0.value)) }) { first, _ in first }
    let json = JSONValue.object(members)
    run.result(json, json.text, stream: command.output == "-" ? .error : .output)
  }
}

/// Writes translations as a stream or as text.
private struct TranslationSink {
  private enum Output {
    case stream(OutputStream)
    case text(OutputFile, PredictionText)
  }

  private var output: Output

  init(_ command: Predict, _ model: LoadedModel, _ header: StreamHeader, _ run: StageRun) throws {
    guard let format = command.textFormat else {
      var header = model.predictionHeader(for: header)
      if command.translation.attention { ListColumns(AttentionReader.lists).write(into: &header) }
      output = .stream(try run.writer(command.output, header: header, threads: command.threads.count))
      return
    }
    output = .text(try run.file(command.output), PredictionText(format, classes: nil))
  }

  mutating func write(_ results: TranslatedRows, attention: AttentionReader?) throws {
    switch output {
    case .stream(let stream): try stream.write(attention?.chunk(results) ?? results.chunk)
    case .text(let file, var text):
      try text.forEachLine(of: results) { try file.write($0) }
      output = .text(file, text)
    }
  }

  func finish() throws {
    switch output {
    case .stream(let stream): try stream.finish()
    case .text(let file, _): try file.finish()
    }
  }
}
