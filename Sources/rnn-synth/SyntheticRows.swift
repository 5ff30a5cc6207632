// The data set that the options of rnn-synth stand for, and how it is written as a stream, block by block.

import Sequences
import Stage
import TensorFile

extension Synth {
  /// The rows; nil for data that are only written as text.
  func dataset() throws -> (any SyntheticDataset)? {
    let seed = seed.seed
    let rows = rows ?? min(name.usualRows, name.capacity(digits: digits ?? 3) ?? .max)
    return switch name {
    case .sine: SineWave(rows: length ?? 1050, step: step ?? 0.1, noise: noise ?? 0.1, seed: seed)
    case .anomalies:
      AnomalousSeries(rows: length ?? 4000, clean: clean ?? 2000, noise: noise ?? 0.1, seed: seed)
    case .sequenceMean: SequenceMeans(rows: rows, length: length ?? 20, seed: seed)
    case .adding: AddingProblem(rows: rows, length: length ?? 50, seed: seed)
    case .recall: RecallTask(rows: rows, length: length ?? 20, symbols: symbols ?? 8, seed: seed)
    case .text: SyntheticReviews(rows: rows, seed: seed)
    case .sentences, .sales: nil
    case .tones: try Tones(rows: rows, noise: noise ?? 0.1, seed: seed)
    case .gestures: Gestures(rows: rows, noise: noise ?? 0.1, seed: seed)
    case .addition: AdditionPairs(rows: rows, digits: digits ?? 3, seed: seed)
    case .dates: DatePairs(rows: rows, seed: seed)
    case .captions: SyntheticCaptions(rows: rows, seed: seed)
    }
  }

  /// The number of rows in a block, which limits its size to a few megabytes.
  private var blockRows: Int {
    let width =
      name.isSeries || name == .text || name == .captions || name.isPairs
      ? 64 : (length ?? 50) * (symbols ?? 8)
    return max(1, min(4096, (1 << 20) / width))
  }

  /// Generates the rows block by block.
  func forEachBlock(_ dataset: inout any SyntheticDataset, _ body: (Chunk) throws -> Void) throws {
    var left = dataset.rows
    repeat {
      let count = min(left, blockRows)
      try body(dataset.block(count))
      left -= count
    } while left > 0
  }

  /// Writes the rows as a stream.
  func writeStream(_ run: StageRun) throws {
    guard var dataset = try dataset() else { return }
    let out = try run.writer(output.path, header: dataset.header)
    try forEachBlock(&dataset) { try out.write($0) }
    try out.finish()
    report(dataset.rows, to: run)
  }
}
