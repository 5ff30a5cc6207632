// The loss and metrics of a model on the rows of a stream, as rnn-predict --evaluate computes them.

import Failures
import Forecasting
import Sequences
import TensorFile

/// The evaluation of a whole stream.
public struct ModelScores {
  private let model: LoadedModel
  private let split: RowSelection?
  private let threads: Int
  /// The number of predicted values after which a chunk is divided.
  private static let largestPiece = 1 << 22

  /// - Parameters:
  ///   - split: the part to evaluate on; by default that for tests, or all rows of a stream without parts.
  ///   - threads: the number of threads.
  /// - Throws: `Failure` (usage) if the model's results are not evaluated row by row.
  public init(_ model: LoadedModel, split: RowSelection?, threads: Int) throws {
    (self.model, self.split, self.threads) = (model, split, threads)
    guard Translation(model) == nil, try Transcription(model, beam: nil) == nil else {
      throw Failure.usage(
        "the model writes sequences, which only rnn-predict evaluates", at: "--evaluate",
        remedy: "convert it, then compare rnn-predict MODEL FILE --evaluate of both models")
    }
  }

  /// The names and values of loss and metrics, without those of statistical methods, which don't depend on the model.
  /// - Parameter name: the stream's name, for messages.
  /// - Throws: `Failure` (data) if the rows don't fit the model, or there are none.
  public func values(_ reader: TensorReader, named name: String) throws -> [(String, Double)] {
    let span = try ForecastSpan(model, steps: nil)
    let rows = try PreparedInput(stream: reader, named: name, span.preparation(reader.header))
    var judging = JudgingOptions(season: nil, levels: model.levels, threads: threads)
    judging.stride = try WindowLayout(header: rows.header)?.stride
    var evaluation = try Evaluation(model, metrics: nil, countsConfusion: false, judging: judging)
    var (predictor, count): (SpanPredictor?, Int) = (nil, 0)
    do {
      try rows.forEach { chunk in
        try evaluation.see(chunk, in: split)
        for piece in pieces(of: try chunk.rows(in: split)) {
          let own =
            try predictor
            ?? SpanPredictor(
              span, like: piece, PredictorOptions(threads: threads, evaluates: true))
          predictor = own
          try add(own.predict(piece, firstRow: count), piece, to: &evaluation)
          count += piece.rows
        }
      }
    } catch let failure as Failure where failure.kind == .data {
      throw failure.placed(at: name)
    }
    guard let predictor else {
      throw Failure.data(
        "there are no rows to evaluate on", at: name, remedy: "choose another part with --split")
    }
    let others = Rival.allCases.map { "\($0 == .seasonalNaive ? "seasonal" : $0.key)_" }
    return evaluation.values(predictor.values).filter { value in
      !others.contains { value.0.hasPrefix($0) }
    }
  }

  private func add(_ prediction: Prediction, _ chunk: Chunk, to evaluation: inout Evaluation) throws {
    let result = try model.columns(of: prediction, chunk)
    for output in prediction.outputs {
      guard let targets = result.columns[output.targetColumn]?.tensor else { continue }
      try evaluation.add(output, output.intervals, targets: targets, chunk)
    }
  }

  /// A chunk in pieces whose predictions need a bounded amount of memory.
  private func pieces(of chunk: Chunk) -> [Chunk] {
    let values = model.file.architecture.outputs.reduce(1) { $0 + $1.width * ($1.steps ?? 1) }
    let rows = max(1, Self.largestPiece / values)
    return stride(from: 0, to: chunk.rows, by: rows).map { start in
      rows >= chunk.rows ? chunk : chunk.slice(start..<min(start + rows, chunk.rows))
    }
  }
}
