// Tags of words: the preset crf-tagger, trained on sentences as they come and run on sentences sorted by length.

import Networks
import Training

/// A tagger of words.
final class Tagging: MappingWorkload {
  static let (steps, letters, vocabulary, tags, batch) = (64, 16, 10_000, 17, 16)
  private static let (characters, width, characterWidth, characterUnits) = (80, 100, 32, 64)
  /// The number of sentences in a batch of prediction.
  private static let predictedAtOnce = 256

  private let units: Int
  private let trainer: MappingTrainer
  private let predictor: BatchRunner
  /// The sentences sorted by length, batch by batch, and the number of words in them.
  private let batches: [(rows: DataSet, words: Int)]
  private var position = 0
  private let charactersPerWord: Double

  init(_ data: MappingData, units: Int, threads: Int) throws {
    self.units = units
    let (words, characters) = (try data.ids("tags.words"), try data.ids("tags.characters"))
    let inputs: [ValueShape] = [
      .tokens(steps: Self.steps), .characters(steps: Self.steps, length: Self.letters),
    ]
    let rows = DataSet(
      rows: words.count / Self.steps, inputs: [.tokens(words), .tokens(characters)],
      targets: [try data.targets("tags.tags", steps: Self.steps)])
    trainer = try MappingTrainer(
      Self.layers(units), inputs: inputs, loss: "crf", optimizer: "adam(0.002,clipnorm=5.0)", rows,
      batch: Self.batch, counted: words, threads: threads)
    predictor = try Self.predictor(units, inputs, threads: threads)
    batches = Self.sorted(words, characters)
    charactersPerWord = Double(characters.count { $0 != 0 }) / Double(words.count { $0 != 0 })
  }

  private static func layers(_ units: Int) -> String {
    """
    words: {x} embedding(\(vocabulary),\(width),mask_zero); \
    letters: {chars} word_characters(\(characters),\(characterWidth),lstm(\(characterUnits))); \
    tags: {words letters} concatenate dropout(0.5) bidirectional(lstm(\(units),return_sequences)) dropout(0.5) \
    dense(\(tags)) crf
    """
  }

  private static func predictor(_ units: Int, _ inputs: [ValueShape], threads: Int) throws -> BatchRunner {
    let architecture = try Architecture(Topology(parsing: layers(units)), inputs: inputs)
    let network = try Network(architecture, rows: predictedAtOnce, workers: threads, isTraining: false)
    try network.store.initialize(seed: 1)
    return try BatchRunner(network, Objective(loss: .crf), targetWidths: [], threads: threads)
  }

  private static func sorted(_ words: [Int32], _ characters: [Int32]) -> [(rows: DataSet, words: Int)] {
    let lengths = (0..<words.count / steps).map { row in
      words[row * steps..<(row + 1) * steps].count { $0 != 0 }
    }
    let order = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    return stride(from: 0, to: order.count, by: predictedAtOnce).map { start in
      let rows = order[start..<start + predictedAtOnce]
      let width = steps * letters
      let inputs: [DataSet.Input] = [
        .tokens(rows.flatMap { words[$0 * steps..<($0 + 1) * steps] }),
        .tokens(rows.flatMap { characters[$0 * width..<($0 + 1) * width] }),
      ]
      return (DataSet(rows: rows.count, inputs: inputs, targets: []), rows.reduce(0) { $0 + lengths[$1] })
    }
  }

  func run(_ kind: MappingKind, _ count: Int) -> Int {
    if kind == .train { return trainer.run(count) }
    var (totals, words) = (predictor.emptyTotals, 0)
    for _ in 0..<count {
      predictor.forEachBatch(batches[position].rows, into: &totals) { _ = predictor.network.outputArray() }
      words += batches[position].words
      position = (position + 1) % batches.count
    }
    return words
  }

  func nominalOperations(_ kind: MappingKind) -> Double {
    let own = 2 * Self.characterUnits
    let perCharacter = 2 * 4 * Self.characterUnits * (Self.characterWidth + Self.characterUnits)
    let perWord = 2 * 4 * units * (Self.width + own + units) + 2 * units * Self.tags
    return 2 * (Double(perCharacter) * charactersPerWord + Double(perWord)) * (kind == .train ? 3 : 1)
  }

  func close() {
    trainer.trainer.close()
    predictor.close()
  }
}
