// Translation: the preset translator, trained with teacher forcing, and translating as rnn-predict does, greedily or by
// beam search. Every result has the same number of tokens, because the end mark is made improbable: an untrained
// network wouldn't end in a sensible place.

import Inference
import Networks
import Sequences
import TensorFile
import Training

/// The sizes of pairs, which decide the sizes of the preset.
enum PairForm: String {
  /// Like dates in many spellings and in one.
  case characters
  /// Like sentences in two languages.
  case words

  static let start: Int32 = 1
  static let end: Int32 = 3

  var sourceSteps: Int { self == .words ? 40 : 32 }
  var targetSteps: Int { self == .words ? 40 : 11 }
  var sourceVocabulary: Int { self == .words ? 8_000 : 64 }
  var targetVocabulary: Int { self == .words ? 6_000 : 16 }
  /// The number of tokens of a result, without the end mark.
  var resultLength: Int { self == .words ? 13 : 10 }
}

/// A translator.
final class PairTranslation: MappingWorkload {
  static let batch = 64
  private static let beamWidth = 5
  /// The numbers of sources that are translated at once.
  private static let (greedyRows, beamRows) = (256, 51)

  private let form: PairForm
  private let units: Int
  private let trainer: MappingTrainer
  private let greedy: SequenceDecoder
  private let beam: SequenceDecoder
  /// The sources by rising length.
  private let sources: [[Int32]]
  private var position = 0
  private let sourceLength: Double
  private let sourcesPerToken: Double

  init(_ data: MappingData, _ form: PairForm, units: Int, threads: Int) throws {
    (self.form, self.units) = (form, units)
    let (source, y) = (try data.ids("\(form.rawValue).source"), try data.ids("\(form.rawValue).y"))
    let rows = DataSet(
      rows: source.count / form.sourceSteps,
      inputs: [.tokens(source), .tokens(try data.ids("\(form.rawValue).target"))],
      targets: [try data.targets("\(form.rawValue).y", steps: form.targetSteps)])
    trainer = try MappingTrainer(
      Self.layers(form, units), inputs: [.tokens(steps: form.sourceSteps), .tokens(steps: form.targetSteps)],
      loss: "sparse_categorical_crossentropy", optimizer: "adam(0.001,clipnorm=1.0)", rows, batch: Self.batch,
      counted: y, threads: threads)
    let model = try Self.model(trainer.trainer.network, form)
    greedy = try Self.decoder(model, form, beam: 1, threads: threads)
    beam = try Self.decoder(model, form, beam: Self.beamWidth, threads: threads)
    sources = (0..<rows.rows).map { row in
      source[row * form.sourceSteps..<(row + 1) * form.sourceSteps].filter { $0 != 0 }
    }.sorted { $0.count < $1.count }
    sourceLength = Double(source.count { $0 != 0 }) / Double(rows.rows)
    sourcesPerToken = Double(rows.rows) / Double(y.count { $0 != 0 })
  }

  /// The preset's layers; the embeddings are as wide as the decoder, or half as wide for characters.
  private static func layers(_ form: PairForm, _ units: Int) -> String {
    let (width, rate) = (width(form, units), form == .words ? " dropout(0.3)" : "")
    return """
      encoder: {source} embedding(\(form.sourceVocabulary),\(width),mask_zero)\(rate) \
      bidirectional(lstm(\(units / 2),return_sequences,return_state)); \
      h: {encoder.forward_h encoder.backward_h} concatenate; \
      c: {encoder.forward_c encoder.backward_c} concatenate; \
      decoder: {target} embedding(\(form.targetVocabulary),\(width),mask_zero)\(rate) \
      lstm(\(units),return_sequences,initial_state={h c}); \
      context: {decoder encoder} attention; \
      next: {decoder context} concatenate dense(\(units),tanh)\(rate) dense(\(form.targetVocabulary),softmax)
      """
  }

  private static func width(_ form: PairForm, _ units: Int) -> Int { form == .words ? units : units / 2 }

  /// The model as a file, with an improbable end mark.
  private static func model(_ network: Network, _ form: PairForm) throws -> LoadedModel {
    var facts = StreamHeader(kind: "padded")
    let rules = TokenRules()
    try PairVocabularies(
      source: vocabulary(form.sourceVocabulary, PairVocabularies.sourceRules(rules)),
      target: vocabulary(form.targetVocabulary, PairVocabularies.targetRules(rules))
    ).write(into: &facts)
    try Padding(length: form.sourceSteps, padding: .post, truncating: .post).write(into: &facts)
    let bias = network.parameters.last { $0.shape == [form.targetVocabulary] }
    let saved = bias?.array
    if var values = saved {
      values[Int(PairForm.end)] = -30
      bias?.assign(values)
    }
    defer { if let saved { bias?.assign(saved) } }
    let loss = ObjectiveText(loss: "sparse_categorical_crossentropy", metrics: [])
    return try LoadedModel(
      ModelFile(network, loss, facts: facts).header, path: "translator", usesBest: false)
  }

  private static func vocabulary(_ size: Int, _ rules: TokenRules) throws -> Vocabulary {
    try Vocabulary(rules: rules, tokens: (rules.firstID..<size).map { Array("w\($0)".utf8)[...] })
  }

  private static func decoder(
    _ model: LoadedModel, _ form: PairForm, beam width: Int, threads: Int
  ) throws -> SequenceDecoder {
    guard let translation = Translation(model) else { fatalError("the network is not one of translation") }
    var options = SearchOptions()
    (options.width, options.best, options.maxLength) = (width, 1, form.resultLength)
    return try SequenceDecoder(model, translation, options, threads: threads)
  }

  func run(_ kind: MappingKind, _ count: Int) throws -> Int {
    switch kind {
    case .greedy: try decode(greedy, count, rows: Self.greedyRows)
    case .beam: try decode(beam, count, rows: Self.beamRows)
    case .single: try decode(greedy, count, rows: 1)
    default: trainer.run(count)
    }
  }

  /// Translates the next `batches` batches; returns the number of tokens of the best results.
  private func decode(_ decoder: SequenceDecoder, _ batches: Int, rows: Int) throws -> Int {
    var tokens = 0
    for _ in 0..<batches {
      if position + rows > sources.count { position = 0 }
      let results = try decoder.decode(Array(sources[position..<position + rows]))
      tokens += results.reduce(0) { $0 + ($1.first?.tokens.count ?? 0) }
      position += rows
    }
    return tokens
  }

  func nominalOperations(_ kind: MappingKind) -> Double {
    let (width, isTraining) = (Self.width(form, units), kind == .train)
    let perSource = sourceLength * Double(2 * 4 * (units / 2) * (width + units / 2))
    let perToken =
      Double(4 * units * (width + units) + 2 * units * units + units * form.targetVocabulary)
      + 2 * Double(units) * sourceLength
    let sources = isTraining ? sourcesPerToken : 1 / Double(form.resultLength)
    let beginnings = kind == .beam ? Double(Self.beamWidth) : 1
    return 2 * (perSource * sources + perToken * beginnings) * (isTraining ? 3 : 1)
  }

  func close() { trainer.trainer.close() }
}
