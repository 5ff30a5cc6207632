// Tags of sentences. Sentences are sorted by length, so that those of a batch have about the same, and run through a
// network with few steps more than they have; a network is built for each power of two.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// Runs a model of tags on sentences.
public final class Tagger {
  /// Memory is for so many words at a time.
  private static let positions = 1 << 14
  private static let fewestSteps = 32

  private let model: LoadedModel
  private let classes: ClassNames
  private let options: PredictorOptions
  private var encoder: SentenceEncoder
  private let side: Padding.Side
  private var predictors: [Int: Predictor] = [:]
  /// The number of steps of all rows, where their padding has an influence; nil where it is masked.
  private var fixedSteps: Int?
  /// The sum of the losses of all words, and their number, as far as the model knows their tags.
  private var (lossSum, lossWords) = (0.0, 0)

  /// - Throws: `Failure` (data) if the model isn't one of tags.
  public init(_ model: LoadedModel, _ options: PredictorOptions) throws {
    guard let facts = model.tagging, let classes = model.classes else {
      throw Failure.data("the model doesn't tag words", at: model.path)
    }
    (self.model, self.classes, self.options) = (model, classes, options)
    encoder = try SentenceEncoder(header: model.file.header, facts)
    side = model.padding?.padding ?? .pre
  }

  /// The mean loss of the words whose tags the model knows; nil without any.
  public var loss: Double? { lossWords > 0 ? lossSum / Double(lossWords) : nil }

  /// The tags of sentences.
  ///
  /// - Parameter tags: their actual tags, for the loss; nil if it isn't wanted.
  /// - Throws: `Failure` (data) if a sentence is too long for the model.
  public func tags(of sentences: [[String]], actual tags: [[String]]? = nil) throws -> [[String]] {
    var result = [[String]](repeating: [], count: sentences.count)
    let order = sentences.indices.filter { !sentences[$0].isEmpty }
      .sorted { (sentences[$1].count, $0) < (sentences[$0].count, $1) }
    var start = 0
    while start < order.count {
      let steps = try steps(for: sentences[order[start]].count)
      let rows = order[start..<min(start + Self.rows(steps), order.count)]
      let found = try run(rows.map { sentences[$0] }, tags.map { all in rows.map { all[$0] } }, steps)
      for (row, tags) in zip(rows, found) { result[row] = tags }
      start = rows.endIndex
    }
    return result
  }

  /// The number of rows of a batch.
  private static func rows(_ steps: Int) -> Int { max(8, min(256, positions / steps)) }

  /// The number of steps of a batch whose longest sentence has `length` words.
  private func steps(for length: Int) throws -> Int {
    if predictors.isEmpty {
      // The first network shows whether it masks padding; if not, rows must have the padding of training.
      let masks = try predictor(steps: Self.fewestSteps).masksPadding
      if !masks { fixedSteps = model.padding?.length ?? Self.fewestSteps }
    }
    guard let fixedSteps else {
      var steps = Self.fewestSteps
      while steps < length { steps *= 2 }
      return steps
    }
    guard length <= fixedSteps else {
      throw Failure.data(
        "a sentence has \(length) words, but the model reads \(fixedSteps)",
        remedy: "train with mask_zero in the embedding, or pad the training data to more steps")
    }
    return fixedSteps
  }

  private func predictor(steps: Int) throws -> Predictor {
    if let predictor = predictors[steps] { return predictor }
    var options = options
    options.batchSize = Self.rows(steps)
    let chunk = try chunk([["a"]], [["_"]], steps, rows: Self.rows(steps))
    let made = try Predictor(model, like: chunk, options)
    predictors[steps] = made
    return made
  }

  // MARK: A batch

  private func run(_ sentences: [[String]], _ tags: [[String]]?, _ steps: Int) throws -> [[String]] {
    let predictor = try predictor(steps: steps)
    let chunk = try chunk(sentences, tags, steps)
    let before = predictor.lossSum
    let prediction = try predictor.predict(chunk, firstRow: 0)
    let count = sentences.reduce(0) { $0 + $1.count }
    if let tags {
      // The mean over all words of the batch, of which those of sentences with unknown tags have the weight 0.
      lossSum += (predictor.lossSum - before) / Double(sentences.count) * Double(count)
      lossWords += tags.filter(isKnown).reduce(0) { $0 + $1.count }
    }
    return names(prediction.outputs[0].values, sentences.map(\.count), steps)
  }

  private func isKnown(_ tags: [String]) -> Bool { tags.allSatisfy { classes.id(of: $0) != nil } }

  /// The rows of sentences, padded to `steps` steps.
  /// - Parameter rows: how many rows the chunk has; the sentences are repeated.
  private func chunk(
    _ sentences: [[String]], _ tags: [[String]]?, _ steps: Int, rows: Int? = nil
  ) throws -> Chunk {
    let repeated = rows.map { count in (0..<count).map { sentences[$0 % sentences.count] } } ?? sentences
    var columns = try encoder.columns(repeated, threads: 1)
    let padding = try Padding(length: steps, padding: side, truncating: side)
    if options.evaluates, let tags {
      let all = repeated.indices.map { tags[$0 % tags.count] }
      let ids = all.flatMap { row in row.map { classes.id(of: $0) ?? 0 } }
      columns["y"] = .ragged(Ragged(values: Tensor(ids), lengths: all.map { Int32($0.count) }))
    }
    for (name, column) in columns {
      if let rows = column.ragged { columns[name] = .dense(try padding.pad(rows)) }
    }
    if options.evaluates, let tags {
      let weights: [Float] = repeated.indices.map { isKnown(tags[$0 % tags.count]) ? 1 : 0 }
      columns["weight"] = .dense(Tensor(weights))
    }
    return Chunk(columns, rows: repeated.count)
  }

  /// The most probable tag of each word.
  private func names(_ values: Tensor, _ lengths: [Int], _ steps: Int) -> [[String]] {
    let outputs = values.floats
    let width = values.shape.last ?? 1
    return lengths.enumerated().map { row, length in
      let first = row * steps + (side == .pre ? steps - length : 0)
      return (first..<first + length).map { step in
        let tag = predictedClass(outputs[step * width..<(step + 1) * width], threshold: model.classThreshold)
        return classes.name(tag) ?? "\(tag)"
      }
    }
  }
}
