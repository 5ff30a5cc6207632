// Predictions by several processes. The first one reads rows, divides them at the borders of batches and deals them out in
// rounds; so every batch is what it is in one process, and so are all results. While the others work on a round, the first
// one uses the results of the round before and reads on, and so has time for fewer batches, which its share of the next
// round takes into account. Who runs which batch changes no result.

import Failures
import TensorFile
import Training

/// Predictions for chunks one after the other, by this process alone or by several.
public final class SharedPredictor {
  private let predictor: SpanPredictor
  private let team: PredictionTeam?
  /// At the multiples of how many rows chunks are divided; nil not to divide them.
  private let batch: Int?
  /// The number of batches of a round for each process.
  private let batchesEach: Int
  private var announcement: [PredictionRequest]
  /// The chunks whose predictions are not complete.
  private var open: [OpenChunk] = []
  /// Batches that are not dealt out yet.
  private var queue: [Part] = []
  /// The batches of the current round of each process.
  private var dealt: [[Part]]
  private var pace = LeaderPace()

  /// Some rows of a chunk.
  fileprivate struct Part {
    let chunk: OpenChunk
    let rows: Range<Int>
  }

  /// - Parameters:
  ///   - chunk: a chunk with the shape of all rows.
  ///   - valuesPerRow: the number of values that are predicted for a row.
  ///   - team: the processes; nil if there is only this one.
  public init(
    _ predictor: SpanPredictor, like chunk: Chunk, valuesPerRow: Int, _ team: PredictionTeam?
  ) {
    (self.predictor, self.team, batch) = (predictor, team, predictor.divisor)
    let width = chunk.columns.values.reduce(valuesPerRow) { $0 + ($1.tensor?.rowWidth ?? 0) }
    let size = min(batch ?? chunk.rows, chunk.rows)
    batchesEach = max(1, min(Self.mostBatches, Self.mostValues / max(1, size * width)))
    announcement =
      chunk.rows > 0 ? [.shape(chunk.slice(0..<1), firstRows: chunk.rows)] : []
    dealt = Array(repeating: [], count: team?.count ?? 1)
  }

  private static let mostBatches = 8
  /// A process gets batches of about as many values in a round, if it is several.
  private static let mostValues = 1 << 22

  /// Predicts for the rows of a chunk, at once or later.
  /// - Parameter firstRow: the index of its first row in the input.
  /// - Returns: the predictions that are complete, for each chunk in the order in which they were given.
  /// - Throws: `PeerLoss` if a process is lost, `CancellationError` if the user asked to stop.
  public func add(_ chunk: Chunk, firstRow: Int) throws -> [Result<Prediction, any Error>] {
    guard let team else { return [Result { try predictor.predict(chunk, firstRow: firstRow) }] }
    let own = OpenChunk(chunk, firstRow: firstRow)
    open.append(own)
    let rows = max(1, batch ?? chunk.rows)
    for start in stride(from: 0, to: chunk.rows, by: rows) {
      queue.append(Part(chunk: own, rows: start..<min(start + rows, chunk.rows)))
    }
    own.missing = (chunk.rows + rows - 1) / rows
    while queue.count >= team.count * batchesEach { try deal(team.count * batchesEach, team) }
    return completed()
  }

  /// The remaining predictions, after the last chunk.
  /// - Throws: like `add`.
  public func finish() throws -> [Result<Prediction, any Error>] {
    guard let team else { return [] }
    while !queue.isEmpty || dealt.contains(where: { !$0.isEmpty }) {
      try deal(min(queue.count, team.count * batchesEach), team)
    }
    return completed()
  }

  /// Ends the current round, and deals out `count` batches for the next one.
  private func deal(_ count: Int, _ team: PredictionTeam) throws {
    let own = dealt[0]
    let answers = pace.measure(batches: own.count) {
      own.map { part in PredictionAnswer(result: answer(part)) }
    }
    let next = take(pace.shares(of: count, among: team.count))
    var received = try team.exchange(
      next.enumerated().map { rank, parts in
        rank == 0 || count == 0 ? [] : announcement + parts.map { .rows($0.content, firstRow: $0.firstRow) }
      })
    if count > 0 { announcement = [] }
    received[0] = answers
    pace.beginRound()
    for (parts, answers) in zip(dealt, received) {
      guard parts.count == answers.count else { throw Failure.damagedMessage }
      for (part, answer) in zip(parts, answers) { part.chunk.take(answer, part.rows) }
    }
    dealt = next
  }

  private func answer(_ part: Part) -> Result<(Prediction, [BatchSums]), Failure> {
    do {
      return .success(
        try predictor.predictApart(part.content, firstRow: part.firstRow))
    } catch { return .failure(error as? Failure ?? Failure(.software, "\(error)")) }
  }

  private func take(_ counts: [Int]) -> [[Part]] {
    var rest = queue[...]
    defer { queue = Array(rest) }
    return counts.map { count in
      defer { rest = rest.dropFirst(count) }
      return Array(rest.prefix(count))
    }
  }

  private func completed() -> [Result<Prediction, any Error>] {
    var results: [Result<Prediction, any Error>] = []
    while let chunk = open.first, chunk.missing == 0 {
      open.removeFirst()
      results.append(Result { try prediction(chunk) })
    }
    return results
  }

  /// The predictions for a chunk from those of its parts. If one fails, the chunk as a whole says why, since it checks its
  /// columns one after the other.
  private func prediction(_ chunk: OpenChunk) throws -> Prediction {
    let parts: [(Prediction, [BatchSums])]
    do { parts = try chunk.parts.map { try $0.result.get() } } catch {
      _ = try predictor.predict(chunk.chunk, firstRow: chunk.firstRow)
      throw error
    }
    guard let prediction = Prediction.joined(parts.map(\.0)) else { throw Failure.damagedMessage }
    for part in parts { predictor.add(part.1) }
    return prediction
  }
}

extension SharedPredictor.Part {
  fileprivate var firstRow: Int { chunk.firstRow + rows.lowerBound }
  fileprivate var content: Chunk { chunk.chunk.slice(rows) }
}

/// A chunk whose parts are predicted by several processes.
private final class OpenChunk {
  let chunk: Chunk
  let firstRow: Int
  /// The number of its parts without an answer.
  var missing = 0
  private var answers: [(start: Int, answer: PredictionAnswer)] = []

  init(_ chunk: Chunk, firstRow: Int) { (self.chunk, self.firstRow) = (chunk, firstRow) }

  /// The answers in the order of the rows.
  var parts: [PredictionAnswer] { answers.sorted { $0.start < $1.start }.map(\.answer) }

  func take(_ answer: PredictionAnswer, _ rows: Range<Int>) {
    answers.append((rows.lowerBound, answer))
    missing -= 1
  }
}
