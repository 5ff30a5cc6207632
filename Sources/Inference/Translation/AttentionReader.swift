// What a decoder attends to: the weights of the network's last attention layer, for sources and the results that were
// produced from them.

import Failures
import Networks
import Sequences
import Tensor
import TensorFile
import Training

/// Reads the attention weights of results.
public final class AttentionReader {
  /// The columns that are lists of texts.
  public static let lists: Set<String> = ["source_tokens", "prediction_tokens"]
  private static let rowsAtOnce = 32

  private let model: LoadedModel
  private let translation: Translation
  private let threads: Int
  private let lengths: PaddedLengths

  /// - Throws: `Failure` (usage) if the network has no attention.
  public init(_ model: LoadedModel, _ translation: Translation, threads: Int) throws {
    (self.model, self.translation, self.threads) = (model, translation, threads)
    lengths = PaddedLengths(model, translation)
    guard translation.source != nil else { throw Self.noSource }
    guard model.file.architecture.hasAttention else {
      throw Failure.usage("the model has no layer attention or additive_attention", at: "--attention")
    }
  }

  private static var noSource: Failure {
    .usage("the model reads vectors, which have no tokens to attend to", at: "--attention")
  }

  /// A chunk with the columns `source_tokens` and `prediction_tokens`, lists of texts, and `attention`: for each token
  /// of the prediction, end mark included, a weight for each token of the source.
  public func chunk(_ results: TranslatedRows) throws -> Chunk {
    let targets = results.hypotheses.map { [1] + ($0.first?.tokens ?? []) + [3] }
    var weights: [[Float]] = []
    let batches = PaddedLengths.batches(Array(targets.indices), size: Self.rowsAtOnce) {
      lengths.join(sources: results.rows.sources[$0].count, results.rows.sources[$1].count)
    }
    for rows in batches {
      weights += try self.weights(rows.map { results.rows.sources[$0] }, rows.map { targets[$0] })
    }
    guard let source = translation.source else { throw Self.noSource }
    return Chunk(
      [
        "source_tokens": Self.list(results.rows.sources.map(\.ids), source),
        "prediction_tokens": Self.list(targets.map { Array($0.dropFirst()) }, translation.target),
        "attention": .ragged(
          Ragged(values: Tensor(Array(weights.joined())), lengths: weights.map { Int32($0.count) })),
      ], rows: targets.count)
  }

  /// The weights of a batch's rows, each `[target steps, source steps]`, without padding.
  private func weights(_ sources: [DecoderSource], _ targets: [[Int32]]) throws -> [[Float]] {
    let steps = (
      source: lengths.source(sources.map(\.count).max() ?? 1), target: (targets.map(\.count).max() ?? 2) - 1
    )
    var shapes = model.file.architecture.inputs
    shapes[translation.sourceInput] = .tokens(steps: steps.source)
    shapes[translation.targetInput] = .tokens(steps: steps.target)
    let network = try Network(
      model.file.architecture.with(inputs: shapes), rows: sources.count, workers: threads, isTraining: false,
      keepsActivations: true)
    try network.assign(model.file.weights)
    let runner = PassRunner(network, threads: threads)
    let read = targets.map { $0.dropLast() }
    runner.begin(
      PassRunner.RowLoad(
        tokens: [
          (translation.sourceInput, sources.padded(steps.source)),
          (translation.targetInput, read.flatMap { $0 + repeatElement(0, count: steps.target - $0.count) }),
        ], order: Array(sources.indices)))
    runner.run()
    let all = network.attentionWeights.last ?? []
    return sources.indices.map { row in
      read[row].indices.flatMap { step -> ArraySlice<Float> in
        let start = (row * steps.target + step) * steps.source
        return all[start..<start + sources[row].count]
      }
    }
  }

  /// The tokens of rows as lists of texts.
  private static func list(_ rows: [[Int32]], _ vocabulary: Vocabulary) -> Column {
    let texts = rows.map { ids in
      Array(ids.map { vocabulary.label($0) ?? "" }.joined(separator: ListColumns.separator).utf8)
    }
    return .ragged(Ragged(values: Tensor(Array(texts.joined())), lengths: texts.map { Int32($0.count) }))
  }
}
