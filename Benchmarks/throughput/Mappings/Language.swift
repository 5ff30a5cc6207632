// The next characters of a text: the preset char-lm, trained with states carried through the text, and generating text
// as rnn-predict --generate does.

import Inference
import Networks
import Sequences
import TensorFile
import Training

/// A language model of characters.
final class Language: MappingWorkload {
  static let (steps, batch) = (256, 16)
  static let lineEnd: Int32 = 3
  static let space: Int32 = 4
  static let firstLetter: Int32 = 5
  private static let width = 64
  /// As many characters as Tiny Shakespeare has, and their reserved ids.
  private static let vocabulary = 68

  private let units: Int
  private let trainer: MappingTrainer
  private let generator: TextGenerator

  init(_ data: MappingData, units: Int, threads: Int) throws {
    self.units = units
    let x = try data.ids("text.x")
    let rows = DataSet(
      rows: x.count / Self.steps, inputs: [.tokens(x)],
      targets: [try data.targets("text.y", steps: Self.steps)])
    trainer = try MappingTrainer(
      Self.layers(units), inputs: [.tokens(steps: Self.steps)], loss: "sparse_categorical_crossentropy",
      optimizer: "adam(0.004,global_clipnorm=1.0)", rows, batch: Self.batch, counted: x, threads: threads)
    generator = try Self.generator(trainer.trainer)
  }

  private static func layers(_ units: Int) -> String {
    """
    embedding(\(vocabulary),\(width)) lstm(\(units),return_sequences,stateful) dropout(0.2) \
    lstm(\(units),return_sequences,stateful) dropout(0.2) dense(\(vocabulary),softmax)
    """
  }

  private static func generator(_ trainer: Trainer) throws -> TextGenerator {
    var facts = StreamHeader(kind: "padded")
    try characters().write(into: &facts)
    let file = ModelFile(trainer.network, trainer.options.objective.text, facts: facts)
    let model = try LoadedModel(file.header, path: "char-lm", usesBest: false)
    return try TextGenerator(model, prompt: "", Sampling(temperature: 0.8, seed: 1), stops: [])
  }

  /// A line end and printable characters.
  private static func characters() throws -> Vocabulary {
    let rules = TokenRules(mode: .char, lower: false, start: false)
    let letters = UInt8(ascii: "a")..<UInt8(ascii: "a") + UInt8(SyntheticWords.alphabet)
    let known = [UInt8(ascii: "\n"), UInt8(ascii: " ")] + letters
    let others = (UInt8(ascii: "!")...UInt8(ascii: "~")).filter { !letters.contains($0) }
    let tokens = (known + others).prefix(vocabulary - rules.firstID)
    return try Vocabulary(rules: rules, tokens: tokens.map { [$0][...] })
  }

  func run(_ kind: MappingKind, _ count: Int) throws -> Int {
    if kind == .train { return trainer.run(count) }
    try generator.generate(generator.count + count) { _ in }
    return count
  }

  func nominalOperations(_ kind: MappingKind) -> Double {
    let products = 4 * units * (Self.width + units) + 4 * units * 2 * units + units * Self.vocabulary
    return Double(2 * products) * (kind == .train ? 3 : 1)
  }

  func close() { trainer.trainer.close() }
}
