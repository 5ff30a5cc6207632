// Networks for rows of different shapes: each is built when such rows come first, and kept while there is room.

import Failures
import Inference
import Networks
import TensorFile

/// The networks of a model.
struct ShapedNetworks {
  private struct Entry {
    let shape: String
    let predictor: Predictor
    /// The steps of all rows of a batch.
    let steps: Int
  }

  private let model: LoadedModel
  private let threads: Int
  private let rows: Int
  private let sizes: AnswerSize
  /// The most steps of all rows of a batch together: as many as of batches like in training, or a few thousand.
  private let mostSteps: Int
  /// The networks, the one used last at the end.
  private var entries: [Entry] = []

  /// Rows may have as many steps as those of training, or this many.
  private static let longestRow = 4096
  /// How many networks are kept.
  private static let mostNetworks = 8

  /// - Parameter rows: the most rows of a batch.
  init(_ model: LoadedModel, threads: Int, rows: Int) {
    (self.model, self.threads, self.rows) = (model, threads, rows)
    sizes = AnswerSize(model, limit: .max)
    mostSteps = max(rows * Self.trainedSteps(model), Self.longestRow)
  }

  private static func trainedSteps(_ model: LoadedModel) -> Int {
    model.file.architecture.inputs.map { $0.steps ?? 1 }.max() ?? 1
  }

  /// The predictions for rows of one shape.
  /// - Throws: `Failure` if the rows don't fit the model.
  mutating func predict(_ chunk: Chunk) throws -> Prediction {
    try predictor(for: chunk).predict(chunk, firstRow: 0)
  }

  /// Stops the threads of all networks.
  mutating func close() {
    for entry in entries { entry.predictor.close() }
    entries = []
  }

  private mutating func predictor(for chunk: Chunk) throws -> Predictor {
    let shape = chunk.rowShapes
    if let index = entries.firstIndex(where: { $0.shape == shape }) {
      entries.append(entries.remove(at: index))
      return entries[entries.count - 1].predictor
    }
    let steps = try steps(of: chunk)
    let batch = max(1, min(rows, mostSteps / max(1, steps)))
    makeRoom(for: batch * steps)
    let options = PredictorOptions(batchSize: batch, threads: threads)
    let like = chunk.gather(Array(repeating: 0, count: batch))
    let predictor = try Predictor(model, like: like, options)
    entries.append(Entry(shape: shape, predictor: predictor, steps: batch * steps))
    return predictor
  }

  /// The number of steps of a row.
  /// - Throws: `Failure` (data) if there are too many.
  private func steps(of chunk: Chunk) throws -> Int {
    let (steps, most) = (sizes.steps(of: chunk), max(Self.longestRow, Self.trainedSteps(model)))
    guard steps <= most else {
      throw Failure.data("a row has \(counted(steps, "step")), but at most \(most) are accepted")
    }
    return steps
  }

  /// Removes the networks that were not used for the longest time.
  private mutating func makeRoom(for steps: Int) {
    while let oldest = entries.first,
      entries.count >= Self.mostNetworks || entries.reduce(steps, { $0 + $1.steps }) > 2 * mostSteps
    {
      oldest.predictor.close()
      entries.removeFirst()
    }
  }
}
