// The same results, bit for bit, for any number of processes, and what is left if one of them is lost.

import Foundation
import Networks
import PeerThreads
import Peers
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct ProcessTests {
  /// What a process has at the end.
  private struct Ending: Sendable, Equatable {
    var outcome = Fit.Outcome.completed
    var weights: [UInt32] = []
    var history: [[String: Double]] = []
  }

  private static func ending(_ fit: Fit, _ outcome: Fit.Outcome) -> Ending {
    fit.trainer.close()
    return Ending(
      outcome: outcome, weights: weightBits(fit.trainer), history: fit.state.history.epochs.map(\.values))
  }

  private static let networks =
    ReproducibilityTests.networks.filter { !$0.contains("batch_norm") } + [
      "embedding(300,8,embeddings_regularizer=l2(0.01)) lstm(9,kernel_regularizer=l1(0.01),"
        + "activity_regularizer=l2(0.1)) dense(1,sigmoid)",
      "embedding(300,8) dropout(0.2) bidirectional(lstm(5)) dense(1,sigmoid)",
    ]

  /// Batches of 8 and 7 shards, evaluation of 4 between the epochs, clipping by the norm of all gradients.
  @Test(arguments: networks) func resultsDoNotDependOnProcesses(layers: String) throws {
    let shuffles = !layers.contains("stateful")
    let work: @Sendable (any Peers) throws -> Ending = { peers in
      let data = tokenTask(rows: 150, vocabulary: 300).weighted((0..<150).map { Float($0 % 3) })
      let trainer = try trainer(
        layers, data, batch: 64, threads: 2, optimizer: "adam(0.01,global_clipnorm=0.5)",
        metrics: try Metric.parse(list: "accuracy,auc"),
        group: ShardGroup(peers))
      var options = FitOptions(epochs: 2)
      options.shuffles = shuffles
      let fit = try Fit(trainer, options, training: data.slice(0..<120), validation: data.slice(120..<150))
      return Self.ending(fit, try fit.run(StopAfter()))
    }
    let alone = try inProcesses(1, work)
    #expect(alone[0].outcome == .completed)
    for count in [2, 3, 4, 8] {
      for ending in try inProcesses(count, work) { #expect(ending == alone[0], "\(count) processes") }
    }
  }

  /// Words by their characters, a loss that depends on masks, and a loss of whole sequences.
  @Test(arguments: [("dense(4,softmax)", Loss.sparseCategoricalCrossentropy), ("dense(4) crf", .crf)])
  func taggersDoNotDependOnProcesses(_ last: String, _ loss: Loss) throws {
    let work: @Sendable (any Peers) throws -> Ending = { peers in
      let fit = try TaggerTests().fit(last, loss, threads: 1, epochs: 2, batch: 64, ShardGroup(peers))
      return Self.ending(fit, try fit.run(StopAfter()))
    }
    let alone = try inProcesses(1, work)
    for count in [2, 3, 8] {
      for ending in try inProcesses(count, work) { #expect(ending == alone[0], "\(count) processes") }
    }
  }

  /// Rows in a file, of which a process reads those of its shards, or all if it looks up words; 20 rows at the end of an epoch
  /// are fewer shards than processes.
  @Test(arguments: ["{a} lstm(9,dropout=0.2)", "{b} embedding(20,4) gru(5)", "{a} flatten"])
  func rowsInAFileGiveTheSame(_ layers: String) throws {
    var random = RandomStream(seed: 4)
    let count = 148
    let chunk = Chunk([
      "a": Tensor((0..<count * 18).map { _ in Float(random.uniform()) }, shape: [count, 6, 3]),
      "b": Tensor((0..<count * 6).map { _ in Int32(random.index(below: 20)) }, shape: [count, 6]),
      "y": Tensor((0..<count).map { _ in Float(random.uniform()) }, shape: [count]),
      "weight": Tensor((0..<count).map { _ in Float(random.uniform()) }, shape: [count]),
    ])
    let work: @Sendable (Int, any Peers) throws -> Ending = { memory, peers in
      let topology = try Topology(parsing: "h: \(layers); out: {h} dense(1)")
      var rows = try TrainingRows([chunk], for: topology, memory: memory)
      try rows.holdOut(0.3)
      let network = try Network(
        Architecture(topology, inputs: rows.inputs), rows: 64, workers: 1, isTraining: true,
        group: ShardGroup(peers))
      try network.store.initialize(seed: 1)
      let trainer = try Trainer(
        network,
        TrainerOptions(Objective(loss: .meanSquaredError, metrics: [.meanAbsoluteError]), batchSize: 64),
        targetWidths: rows.targetWidths)
      let fit = try Fit(trainer, FitOptions(epochs: 2), training: rows.training, validation: rows.validation)
      return Self.ending(fit, try fit.run(StopAfter()))
    }
    let alone = try inProcesses(1) { try work(.max, $0) }
    #expect(alone[0].outcome == .completed)
    for count in [1, 2, 3, 8] {
      for ending in try inProcesses(count, { try work(1000, $0) }) {
        #expect(ending == alone[0], "\(count) processes")
      }
    }
  }

  private static func numbers(_ peers: (any Peers)?) throws -> Fit {
    let data = seriesTask(rows: 150, steps: 12, columns: 3, horizon: 4)
    let trainer = try trainer(
      "lstm(9,dropout=0.2) dense(12)", data, steps: 12, batch: 64, loss: .meanSquaredError, metrics: [],
      group: ShardGroup(peers))
    return try Fit(
      trainer, FitOptions(epochs: 3), training: data.slice(0..<120), validation: data.slice(120..<150))
  }

  /// One process asks to stop; all do, after the same step, and one process goes on.
  @Test func allStopAtTheSameStep() throws {
    let whole = try inProcesses(1) { peers in
      let fit = try Self.numbers(peers)
      return Self.ending(fit, try fit.run(StopAfter()))
    }
    let resumed = try inProcesses(3) { peers in
      let fit = try Self.numbers(peers)
      guard try fit.run(StopAfter(steps: peers.rank == 1 ? 3 : .max)) == .interrupted, fit.state.steps == 3
      else {
        return Ending()
      }
      return try Self.resumed(fit)
    }
    for ending in resumed { #expect(ending == whole[0]) }
  }

  /// One process ends without a word; the others keep the state before the step that can't be completed.
  @Test func aLostProcessCostsNoStep() throws {
    let whole = try inProcesses(1) { peers in
      let fit = try Self.numbers(peers)
      return Self.ending(fit, try fit.run(StopAfter()))
    }
    let left = try inProcesses(2, patience: 1) { peers in
      let fit = try Self.numbers(peers)
      do {
        let outcome = try fit.run(EndsAfter(steps: peers.rank == 1 ? 2 : .max))
        guard outcome == .lost(process: 1), fit.state.steps == 2 else { return Ending(outcome: outcome) }
        return try Self.resumed(fit)
      } catch is CancellationError {
        return Ending()
      }
    }
    #expect(left[0] == whole[0])
  }

  /// Goes on alone from the state of `fit`.
  private static func resumed(_ fit: Fit) throws -> Ending {
    let checkpoint = Checkpoint(settings: [:])
    let second = try numbers(nil)
    try checkpoint.restore(
      second, from: checkpoint.header(fit, model: fit.model(dataHeader: StreamHeader(kind: "windows"))))
    fit.trainer.close()
    return ending(second, try second.run(StopAfter()))
  }

  @Test func batchNormalizationIsRefused() throws {
    let message = try inProcesses(2) { peers in
      do {
        _ = try trainer(
          "embedding(300,8) lstm(5) batch_norm dense(1)", tokenTask(rows: 9, vocabulary: 300),
          group: ShardGroup(peers))
        return ""
      } catch { return "\(error)" }
    }
    #expect(message[0].hasPrefix("batch_norm uses the statistics of whole batches"))
  }

  /// Sums as texts show their order.
  @Test(arguments: 1...8) func sumsHaveTheOrderOfTheTree(shards: Int) {
    func tree(_ range: Range<Int>) -> String {
      guard range.count > 1 else { return "\(range.lowerBound)" }
      var half = 1
      while half * 2 < range.count { half *= 2 }
      let middle = range.lowerBound + half
      return "(\(tree(range.lowerBound..<middle))+\(tree(middle..<range.upperBound)))"
    }
    for count in 1...8 {
      let division = ShardDivision(of: shards, among: count)
      #expect(division.parts.count == count && division.parts.flatMap { $0 } == Array(0..<shards))
      var sums = division.parts.map { $0.isEmpty ? "" : tree($0) }
      for step in division.merges { sums[step.to] = "(\(sums[step.to])+\(sums[step.from]))" }
      #expect(sums[0] == tree(0..<shards))
    }
  }
}

/// Ends a process after a number of steps.
private final class EndsAfter: FitObserver {
  private let steps: Int

  init(steps: Int) { self.steps = steps }

  func stepDone(_ state: TrainingState, stepsInEpoch: Int) -> Bool { true }
  func epochDone(_ epoch: History.Epoch, _ state: TrainingState) throws {
    if state.steps >= steps { throw CancellationError() }
  }
}
