// The loss of a model that translates, for given targets: each token is predicted from the source and the given tokens
// before it. The mean is over tokens, end marks included and padding excluded, so that its exponential is the
// perplexity; the loss that training reports is a mean over batches.

import Failures
import Glibc
import Networks
import TensorFile
import Training

/// Sums of losses and metrics over the tokens of targets.
public final class TeacherForcing {
  private static let rowsAtOnce = 32

  private let model: LoadedModel
  private let translation: Translation
  private let threads: Int
  private let objective: Objective
  private let lengths: PaddedLengths
  private var runner: BatchRunner?
  private var loss = 0.0
  private var tokens = 0.0
  private var metrics: [(name: String, value: Double)] = []

  /// - Parameter metrics: metrics to use instead of the model's, in the format of the command line.
  public init(_ model: LoadedModel, _ translation: Translation, metrics: String?, threads: Int) throws {
    (self.model, self.translation, self.threads) = (model, translation, threads)
    objective = try model.objective(metrics: metrics)
    lengths = PaddedLengths(model, translation)
  }

  /// Adds rows: sources, and targets that begin with the start and end with the end mark.
  public func add(sources: [DecoderSource], targets: [[Int32]]) throws {
    let order = sources.indices.sorted { (targets[$0].count, $0) < (targets[$1].count, $1) }
    let batches = PaddedLengths.batches(order, size: Self.rowsAtOnce) {
      lengths.join(sources: sources[$0].count, sources[$1].count)
        && lengths.join(targets: targets[$0].count, targets[$1].count)
    }
    for rows in batches {
      try add(batch: rows.map { sources[$0] }, rows.map { targets[$0] })
    }
  }

  /// Adds rows whose sources are token ids without padding.
  public func add(sources: [[Int32]], targets: [[Int32]]) throws {
    try add(sources: sources.map(DecoderSource.tokens), targets: targets)
  }

  private func add(batch sources: [DecoderSource], _ targets: [[Int32]]) throws {
    let steps = (
      source: lengths.source(sources.map(\.count).max() ?? 1),
      target: lengths.target((targets.map(\.count).max() ?? 2) - 1)
    )
    let runner = try runner(steps)
    var totals = runner.emptyTotals
    runner.forEachBatch(data(sources, targets, steps), into: &totals) {}
    let count = Double(targets.reduce(0) { $0 + $1.count - 1 })
    loss += totals.loss * count
    tokens += count
    let values = runner.values(totals).dropFirst()
    metrics = values.enumerated().map { number, metric in
      (metric.name, (metrics.isEmpty ? 0 : metrics[number].value) + metric.value * count)
    }
  }

  /// The runner for sequences of these lengths.
  private func runner(_ steps: (source: Int, target: Int)) throws -> BatchRunner {
    var shapes = model.file.architecture.inputs
    shapes[translation.sourceInput] = shapes[translation.sourceInput].with(steps: steps.source)
    shapes[translation.targetInput] = .tokens(steps: steps.target)
    if let runner, runner.network.architecture.inputs == shapes { return runner }
    runner?.close()
    let network = try model.file.network(rows: Self.rowsAtOnce, inputs: shapes, workers: threads)
    let made = try BatchRunner(network, objective, targetWidths: [steps.target], threads: threads)
    runner = made
    return made
  }

  deinit { runner?.close() }

  private func data(_ sources: [DecoderSource], _ targets: [[Int32]], _ steps: (source: Int, target: Int))
    -> DataSet
  {
    func padded(_ rows: [some Collection<Int32>], _ length: Int) -> [Int32] {
      rows.flatMap { Array($0) + repeatElement(0, count: length - $0.count) }
    }
    var inputs = model.file.architecture.inputs.map { _ in DataSet.Input.tokens([]) }
    inputs[translation.sourceInput] =
      sources.areVectors ? .features(sources.vectors) : .tokens(sources.padded(steps.source))
    inputs[translation.targetInput] = .tokens(padded(targets.map { $0.dropLast() }, steps.target))
    let y = padded(targets.map { $0.dropFirst() }, steps.target).map(Float.init)
    return DataSet(
      rows: sources.count, inputs: inputs, targets: [DataSet.Targets(y, width: steps.target)])
  }

  /// The loss for each token, the perplexity and the metrics.
  public var values: [(name: String, value: Double)] {
    let mean = tokens == 0 ? 0 : loss / tokens
    return [("loss", mean), ("perplexity", exp(mean))]
      + metrics.map { ($0.name, tokens == 0 ? 0 : $0.value / tokens) }
  }
}
