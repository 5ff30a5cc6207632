// Forecasts of as many steps as are requested: the first of those that a model was trained for, or block by block, where
// the windows of each block end with the forecasts of the block before.

import Failures
import Sequences
import Tensor
import TensorFile
import Training

/// A model's network, run for any number of steps.
public final class SpanPredictor {
  private let span: ForecastSpan
  private let predictor: Predictor

  /// - Parameter chunk: a chunk with the shape of all rows.
  /// - Throws: `Failure` (data) if the rows don't fit the model, or targets are missing.
  public init(_ span: ForecastSpan, like chunk: Chunk, _ options: PredictorOptions) throws {
    self.span = span
    let model = span.trained.distribution == nil ? span.trained : span.model
    predictor = try Predictor(model, like: Self.block(0, of: chunk, span), options)
  }

  /// Notes for the user about columns that were matched by order.
  public var notes: [String] { predictor.notes }
  /// The losses and the metrics of all rows so far.
  public var values: [(name: String, value: Double)] { predictor.values }
  /// The gradient with respect to the state at each step, if requested.
  public var stateGradients: StateGradients? { predictor.stateGradients }

  /// Stops the threads.
  func close() { predictor.close() }

  /// At multiples of how many rows a chunk can be divided without another division into batches; nil if rows continue one
  /// another.
  var divisor: Int? { predictor.divisor }

  /// The same as `predict`, but leaves it to `add(_:)` to count the batches.
  func predictApart(_ chunk: Chunk, firstRow: Int) throws -> (Prediction, [BatchSums]) {
    try predictor.apart { try predict(chunk, firstRow: firstRow) }
  }

  /// Counts batches that another predictor of the same model has run.
  func add(_ batches: [BatchSums]) { predictor.add(batches) }

  /// Predicts for the rows of a chunk.
  ///
  /// - Parameter firstRow: the index of its first row in the input, for messages.
  public func predict(_ chunk: Chunk, firstRow: Int) throws -> Prediction {
    guard let steps = span.steps, span.trained.distribution == nil else {
      return try predictor.predict(chunk, firstRow: firstRow)
    }
    let targets = span.trained.window?.targets.count ?? 1
    var outputs = try predictor.predict(Self.block(0, of: chunk, span), firstRow: firstRow).outputs
    if span.isBeyondTraining { outputs = [try goOn(outputs[0], chunk, steps, firstRow: firstRow)] }
    return Prediction(outputs: outputs.map { $0.cut(steps * targets) })
  }

  /// The forecasts of the first block and of those after it.
  private func goOn(
    _ first: Prediction.Output, _ chunk: Chunk, _ steps: Int, firstRow: Int
  ) throws -> Prediction.Output {
    guard let units = span.trained.units, let layout = span.trained.window,
      first.values.rowWidth == layout.horizon * layout.targets.count
    else {
      throw Failure.data(
        "its output is not one value for each step and target, so it can't be continued",
        at: span.trained.path, remedy: "use at most \(span.trained.trainedHorizon ?? 1) --steps")
    }
    var (window, last, blocks) = (chunk, first, [first.values.doubles])
    while blocks.count * layout.horizon < steps {
      window = try units.continued(window, by: last.scaled)
      let block = Self.block(blocks.count, of: window, span)
      last = try predictor.predict(block, firstRow: firstRow).outputs[0]
      blocks.append(last.values.doubles)
    }
    var result = first
    let width = first.values.rowWidth
    let values = (0..<chunk.rows).flatMap { row in
      blocks.flatMap { $0[row * width..<(row + 1) * width] }
    }
    result.values = Tensor(values, shape: [chunk.rows, blocks.count * width])
    return result
  }

  /// A chunk with what is known over the window and horizon of a block.
  private static func block(_ number: Int, of chunk: Chunk, _ span: ForecastSpan) -> Chunk {
    guard span.steps != nil, span.trained.distribution == nil, let layout = span.trained.window,
      let known = chunk.columns["known"]?.tensor, known.shape.count == 3
    else { return chunk }
    let (each, steps) = (known.shape[2], layout.length + layout.horizon)
    let values = known.floats
    let kept = (0..<chunk.rows).flatMap { row in
      let start = row * known.rowWidth + number * layout.horizon * each
      return values[start..<start + steps * each]
    }
    var columns = chunk.columns
    columns["known"] = .dense(Tensor(kept, shape: [chunk.rows, steps, each]))
    return Chunk(columns, rows: chunk.rows)
  }
}

extension Prediction.Output {
  /// The output with the first `count` values of each row.
  fileprivate func cut(_ count: Int) -> Prediction.Output {
    guard values.rowWidth > count else { return self }
    var result = self
    result.values = values.prefix(count)
    result.limits = limits.mapValues { $0.prefix(count) }
    return result
  }
}
