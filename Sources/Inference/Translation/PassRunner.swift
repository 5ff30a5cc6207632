// Runs a network on batches whose rows are loaded once and then processed several times, with some of the inputs loaded
// anew each time.

import Kernels
import Networks

/// A network that runs forward on several threads.
final class PassRunner: PhasedWork {
  let network: Network
  private let pool: WorkerPool
  private let pass: Pass

  /// The phases of a run, which the threads share.
  enum Phase: Sendable {
    case prepare
    case load(RowLoad)
    case project(wave: Int)
    case forward
  }

  /// What is loaded before a run: row i of an input is row `order[i]` of the values.
  struct RowLoad: Sendable {
    var tokens: [(input: Int, ids: [Int32])] = []
    var features: [(input: Int, values: [Float])] = []
    var masks: [(input: Int, values: [Bool])] = []
    var order: [Int]
  }

  /// - Parameters:
  ///   - network: a network with weights, which no longer change.
  ///   - pass: what the runs are for.
  init(_ network: Network, threads: Int, pass: Pass = Pass(isTraining: false)) {
    (self.network, self.pass) = (network, pass)
    pool = WorkerPool(workers: threads)
    pool.run(self, .prepare, items: network.layers.count)
  }

  deinit { pool.close() }

  /// Begins a batch of as many rows as `load` has, and loads them.
  func begin(_ load: RowLoad) {
    network.begin(rows: load.order.count)
    self.load(load)
  }

  /// Loads some inputs of the rows.
  func load(_ load: RowLoad) { pool.run(self, .load(load), items: network.plan.count) }

  /// Runs the loaded rows.
  func run() {
    let items = network.plan.count
    if network.readsTokens {
      network.beginSharedWork(pass)
      for wave in 0..<network.sharedWaves { pool.run(self, .project(wave: wave), items: items) }
    }
    pool.run(self, .forward, items: items)
  }

  /// Processes one item of a phase, called by the pool.
  func perform(_ phase: Phase, item: Int, worker: Int) {
    if case .prepare = phase { return network.layers[item].prepare(pass) }
    let shard = network.plan.shard(item, worker: worker)
    switch phase {
    case .prepare: break
    case .load(let load): self.load(load, shard)
    case .project(let wave): network.project(wave: wave, part: item, worker: worker, pass)
    case .forward: network.forward(shard, pass)
    }
  }

  private func load(_ load: RowLoad, _ shard: Shard) {
    for (input, ids) in load.tokens { network.load(tokens: ids, input: input, load.order, first: 0, shard) }
    for (input, values) in load.features {
      network.load(features: values, input: input, load.order, first: 0, shard)
    }
    for (input, values) in load.masks {
      network.load(mask: values, input: input, load.order, first: 0, shard)
    }
  }
}
