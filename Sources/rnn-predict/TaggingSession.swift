// One run of rnn-predict with a model of tags on sentences: a file of words, which is given back with its tags, or text.

import ByteStreams
import Failures
import Inference
import Sequences
import Stage

/// The work behind `rnn-predict` for raw input of a model of tags.
final class TaggingSession {
  /// Sentences that are sorted by length together.
  private static let sentencesAtOnce = 4096

  private let command: Predict
  private let model: LoadedModel
  private let facts: TaggingFacts
  private let run: StageRun
  private let name: String
  private let tagger: Tagger
  private var evaluation: Evaluation?
  private var sentences = 0
  private var words = 0

  init(_ command: Predict, _ model: LoadedModel, _ facts: TaggingFacts, _ run: StageRun) throws {
    (self.command, self.model, self.facts, self.run) = (command, model, facts, run)
    name = inputName(command.input)
    try Self.check(command)
    tagger = try Tagger(
      model, PredictorOptions(threads: command.threads.count, evaluates: command.evaluates))
    if command.evaluates {
      evaluation = try Evaluation(model, metrics: nil, countsConfusion: command.confusion)
    }
  }

  private static func check(_ command: Predict) throws {
    let prepared = "prepare the input with rnn-tokenize --like and rnn-pad --like"
    if command.split != nil {
      throw Failure.usage("sentences have no parts", at: "--split", remedy: "omit it")
    }
    if command.metrics != nil {
      throw Failure.usage(
        "tags are evaluated by accuracy and entities by f1", at: "--metrics", remedy: prepared)
    }
    if let option = command.gradients ? "--gradients" : command.gates == nil ? nil : "--gates" {
      throw Failure.usage("needs rows", at: option, remedy: prepared)
    }
    if command.batchSize != nil {
      throw Failure.usage("is chosen by the length of sentences", at: "--batch-size", remedy: "omit it")
    }
    guard let output = command.output, let ending = fileEnding(output), ending != "txt",
      PredictionFormat(path: output) == nil
    else { return }
    throw Failure.usage(
      "the tags of sentences are written as text, not as .\(ending)", at: output,
      remedy: "name the output .conllu or .tsv, or \(prepared)")
  }

  /// Tags the sentences of `text`.
  func predict(_ text: PeekedSource) throws {
    var text = text
    let form = try self.form(of: &text)
    var source = SentenceSource(text, named: name, form)
    var writer = try writesRows ? self.writer(form) : nil
    let bar = run.progress("tagging", total: nil)
    while case let sentences = try next(&source), !sentences.isEmpty {
      try tag(sentences, form) { try writer?.write($0, $1) }
      bar.advance(to: self.sentences)
    }
    bar.finish()
    guard words > 0 else { throw Failure.data("there are no words to tag", at: name) }
    try writer?.finish()
    try report()
  }

  private var writesRows: Bool { !command.evaluates || command.output != nil }

  /// The form of the input; nil for plain text.
  private func form(of text: inout PeekedSource) throws -> TaggedForm? {
    let recognition = TextRecognition(try text.peek(TextRecognition.sampleBytes), path: name)
    let isLikeData = model.classes.map { recognition.matches(facts.form, tags: $0) } ?? false
    let format = command.inputFormat ?? recognition.taggedFormat ?? (isLikeData ? .conll : .lines)
    switch format {
    case .lines: return nil
    case .conllu: return facts.form.isConllu ? facts.form : .conllu
    case .conll: return facts.form.isConllu ? .plainColumns : facts.form
    default:
      throw Failure.usage(
        "a model of tags doesn't read \(format.name)", at: "--input-format",
        remedy: "write a sentence in each line, or CoNLL-U")
    }
  }

  private func writer(_ form: TaggedForm?) throws -> TaggedWriter {
    let usual: PredictionFormat = form.map { $0.isConllu ? .conllu : .conll } ?? .tsv
    return TaggedWriter(
      file: try run.file(command.output), format: command.textFormat ?? usual, form: facts.form)
  }

  private func next(_ source: inout SentenceSource) throws -> [InputSentence] {
    var sentences: [InputSentence] = []
    while sentences.count < Self.sentencesAtOnce, let sentence = try source.next() {
      sentences.append(sentence)
    }
    return sentences
  }

  private func tag(
    _ sentences: [InputSentence], _ form: TaggedForm?, _ write: (InputSentence, [String]) throws -> Void
  ) throws {
    let actual = try command.evaluates ? sentences.map { try self.actual($0, form) } : nil
    let predicted: [[String]]
    do {
      predicted = try tagger.tags(of: sentences.map(\.words), actual: actual)
    } catch let failure as Failure { throw failure.placed(at: name) }
    for (index, sentence) in sentences.enumerated() {
      if let actual { evaluation?.add(tags: predicted[index], actual: actual[index]) }
      try write(sentence, predicted[index])
      words += sentence.words.count
    }
    self.sentences += sentences.count
  }

  /// The tags of a sentence in the file, as the model has them.
  private func actual(_ sentence: InputSentence, _ form: TaggedForm?) throws -> [String] {
    guard let form, let tags = sentence.tags, tags.isEmpty || tags.contains(where: { $0 != "_" }) else {
      throw Failure.data(
        "line \(sentence.line): the words have no tags to compare with", at: name,
        remedy: form == nil ? "give CoNLL-U, or columns like those of the training data" : "omit --evaluate")
    }
    guard form.isConllu == facts.form.isConllu else {
      throw Failure.data(
        "is \(form.name), but the model learned the tags of \(facts.form.name)", at: name,
        remedy: "omit --evaluate")
    }
    return facts.converted(tags)
  }

  private func report() throws {
    guard let evaluation, let counts = evaluation.tags else {
      return run.result(
        ["rows": .integer(Int64(sentences)), "words": .integer(Int64(words))], "", stream: .error)
    }
    if counts.unknown > 0 {
      run.warn(
        "\(counted(counts.unknown, "word")) of \(words) have tags that the model doesn't know; they count as errors, "
          + "and the loss is that of the other sentences")
    }
    let loss = tagger.loss.map { [("loss", $0)] } ?? []
    EvaluationReport(run: run, output: command.output)
      .write(evaluation, loss + [("accuracy", counts.accuracy)] + counts.entityValues)
  }
}

/// Writes tagged sentences.
struct TaggedWriter {
  let file: OutputFile
  let format: PredictionFormat
  /// Where the tags are in the model's data.
  let form: TaggedForm
  private var sentences = 0

  init(file: OutputFile, format: PredictionFormat, form: TaggedForm) {
    (self.file, self.format, self.form) = (file, format, form)
  }

  mutating func write(_ sentence: InputSentence, _ tags: [String]) throws {
    if sentences == 0, format == .csv { try file.write("sentence,word,tag\n") }
    sentences += 1
    switch format {
    case .conllu: try file.write(sentence.conllu(tags, form))
    case .conll: try file.write(sentence.inItsForm(tags))
    case .tsv: try file.write(sentence.words.isEmpty ? "" : sentence.columns(tags))
    case .csv: for line in sentence.csvLines(tags, number: sentences) { try file.write(line) }
    case .jsonl: try file.write(sentence.json(tags))
    case .lines: try file.write(tags.joined(separator: " ") + "\n")
    }
  }

  func finish() throws { try file.finish() }
}
