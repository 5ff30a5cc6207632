// Mappings of sequences beside the six reference models: tags of words, the next characters of a text, translation.
// Their networks are those of the presets, with other numbers of units.

import Failures
import JSON
import Networks
import Training

/// What is measured of a mapping.
enum MappingKind: String {
  /// Training steps on full batches.
  case train
  /// Forward passes of full batches.
  case predict
  /// Text, a token at a time.
  case generate
  /// Sequences for batches of sources, of which the most probable token is taken at each step.
  case greedy
  /// Sequences for batches of sources by beam search.
  case beam
  /// Sequences for one source at a time, greedily.
  case single
}

/// A mapping that is ready to be measured.
protocol MappingWorkload: AnyObject {
  /// Does something `count` times: batches, or tokens or sources if these are processed one at a time.
  /// - Returns: the number of words, characters or target tokens that were read or produced.
  func run(_ kind: MappingKind, _ count: Int) throws -> Int

  /// Floating-point operations for one of these in a straightforward implementation: products of recurrent, dense and
  /// attention layers, without padding.
  func nominalOperations(_ kind: MappingKind) -> Double

  /// Ends the threads.
  func close()
}

/// A mapping with its size.
struct Mapping: Equatable {
  let name: String
  let units: Int

  static let names = ["tagger", "char-lm", "translator-characters", "translator-words"]

  /// The network with its rows.
  func workload(_ data: MappingData, threads: Int) throws -> any MappingWorkload {
    switch name {
    case "tagger": try Tagging(data, units: units, threads: threads)
    case "char-lm": try Language(data, units: units, threads: threads)
    case "translator-characters": try PairTranslation(data, .characters, units: units, threads: threads)
    case "translator-words": try PairTranslation(data, .words, units: units, threads: threads)
    default: throw Failure.usage("unknown mapping '\(name)'")
    }
  }
}

/// A network that is trained on batches of consecutive rows.
final class MappingTrainer {
  let trainer: Trainer
  private let data: DataSet
  private let order: [Int]
  private let batch: Int
  /// The number of what is counted in each batch.
  private let counts: [Int]
  private var position = 0

  /// - Parameter counted: ids, of which those that are not padding are counted.
  init(
    _ layers: String, inputs: [ValueShape], loss: String, optimizer: String, _ data: DataSet, batch: Int,
    counted: [Int32], threads: Int
  ) throws {
    let architecture = try Architecture(Topology(parsing: layers), inputs: inputs)
    let network = try Network(architecture, rows: batch, workers: threads, isTraining: true)
    try network.store.initialize(seed: 1)
    let options = TrainerOptions(
      Objective(loss: try Loss(parsing: loss)), optimizer: try OptimizerSpec(parsing: optimizer),
      batchSize: batch, seed: 1, threads: threads)
    trainer = try Trainer(network, options, targetWidths: data.targets.map(\.width))
    (self.data, self.batch) = (data, batch)
    order = Array(0..<data.rows)
    let width = counted.count / data.rows * batch
    counts = stride(from: 0, to: counted.count, by: width).map { start in
      counted[start..<start + width].count { $0 != 0 }
    }
  }

  /// Trains on the next `batches` batches; returns how much was counted in them.
  func run(_ batches: Int) -> Int {
    var (totals, sum) = (trainer.emptyTotals, 0)
    for _ in 0..<batches {
      if position == 0 { trainer.network.resetState() }
      trainer.step(data, order, position * batch..<(position + 1) * batch, into: &totals)
      sum += counts[position]
      position = (position + 1) % counts.count
    }
    return sum
  }
}
