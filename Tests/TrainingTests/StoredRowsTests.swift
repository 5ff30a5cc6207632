// Rows that are not in memory as they are used: in a file, or as the series that they are windows of. Whatever is computed from
// them is the same, bit for bit.

import Networks
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct StoredRowsTests {
  /// Chunks of padded token ids with a second input of numbers, labels, weights and parts.
  private static func chunks(rows: Int) -> [Chunk] {
    var random = RandomStream(seed: 4)
    return stride(from: 0, to: rows, by: 40).map { start in
      let count = min(40, rows - start)
      let ids = (0..<count).flatMap { _ in
        let length = 1 + random.index(below: 6)
        return (0..<6).map { $0 < length ? Int32(1 + random.index(below: 19)) : 0 }
      }
      return Chunk([
        "words": Tensor(ids, shape: [count, 6]),
        "numbers": Tensor((0..<count * 3).map { _ in Float(random.uniform()) }, shape: [count, 3]),
        "y": Tensor((0..<count).map { _ in Int32(random.index(below: 2)) }, shape: [count]),
        "weight": Tensor((0..<count).map { _ in Float(random.uniform()) }, shape: [count]),
        "split": Tensor((0..<count).map { _ in UInt8(random.index(below: 3)) }, shape: [count]),
      ])
    }
  }

  private static let layers =
    "a: {words} embedding(20,4,mask_zero) gru(5,dropout=0.2); b: {numbers} flatten dense(3,relu); "
    + "out: {a b} concatenate dense(1,sigmoid)"

  private func rows(_ chunks: [Chunk], memory: Int, layers: String = layers) throws -> TrainingRows {
    try TrainingRows(chunks, for: Topology(parsing: layers), memory: memory)
  }

  /// All values of a part, column by column.
  private func values(_ rows: RowSet?) throws -> [[Double]] {
    var result: [[Double]] = []
    try rows?.forEachBlock { data, _ in
      let inputs = data.inputs.map { input in
        switch input {
        case .tokens(let values): values.map(Double.init)
        case .features(let values): values.map(Double.init)
        }
      }
      let columns = inputs + data.targets.map { $0.values.map(Double.init) } + [data.weights.map(Double.init)]
      result = result.isEmpty ? columns : zip(result, columns).map(+)
    }
    return result
  }

  @Test func rowsInAFileAreThoseInMemory() throws {
    let chunks = Self.chunks(rows: 500)
    let (memory, file) = (try rows(chunks, memory: .max), try rows(chunks, memory: 1000))
    #expect(memory.training.inMemory != nil && file.training.inMemory == nil && file.areInFile)
    #expect(file.validation?.inMemory == nil)
    #expect(try values(memory.training) == values(file.training))
    #expect(try values(memory.validation) == values(file.validation))
    #expect(memory.targetWidths == file.targetWidths && memory.largestTokens == file.largestTokens)
  }

  @Test func heldOutRowsAreTheSame() throws {
    let chunks = Self.chunks(rows: 200)
    var (memory, file) = (try rows(chunks, memory: .max), try rows(chunks, memory: 1000))
    try memory.holdOut(0.3)
    try file.holdOut(0.3)
    #expect(try values(memory.training) == values(file.training))
    #expect(try values(memory.validation) == values(file.validation))
    #expect(memory.heldOut == file.heldOut)
  }

  @Test(arguments: [(true, false), (false, false), (true, true)])
  func theModelIsTheSame(shuffles: Bool, groupsByLength: Bool) throws {
    let chunks = Self.chunks(rows: 300)
    func weights(memory: Int) throws -> [[Float]] {
      var rows = try rows(chunks, memory: memory)
      try rows.apply(ClassWeights(parsing: "balanced", names: []), loss: .binaryCrossentropy, classes: 1)
      let architecture = try Architecture(Topology(parsing: Self.layers), inputs: rows.inputs)
      let network = try Network(architecture, rows: 32, workers: 2, isTraining: true)
      try network.store.initialize(seed: 3)
      let trainer = try Trainer(
        network,
        TrainerOptions(
          Objective(loss: .binaryCrossentropy, metrics: [.accuracy]),
          optimizer: OptimizerSpec(parsing: "adam(0.01)"),
          batchSize: 32, seed: 5, threads: 2), targetWidths: rows.targetWidths)
      var options = FitOptions(epochs: 3)
      (options.shuffles, options.groupsByLength) = (shuffles, groupsByLength)
      let fit = try Fit(trainer, options, training: rows.training, validation: rows.validation)
      _ = try fit.run(StopAfter())
      let losses = fit.state.history.epochs.map { Float($0.values["val_loss"] ?? .nan) }
      return network.parameters.map(\.array) + [losses]
    }
    #expect(try weights(memory: .max) == weights(memory: 500))
  }

  @Test("windows that overlap are kept as their series", arguments: [1, 3])
  func windows(stride: Int) throws {
    let (steps, features, count) = (1_500, 2, 8_000)
    var random = RandomStream(seed: 2)
    let series = (0..<(count * stride + steps) * features).map { _ in Float(random.uniform()) }
    let chunks = Swift.stride(from: 0, to: count, by: 500).map { first in
      let x = (first..<first + 500).flatMap {
        series[$0 * stride * features..<($0 * stride + steps) * features]
      }
      return Chunk([
        "x": Tensor(x, shape: [500, steps, features]),
        "y": Tensor((first..<first + 500).map { Float($0) }, shape: [500, 1]),
        // Windows of the other parts are between those of training.
        "split": Tensor(
          (first..<first + 500).map { UInt8($0 % 7 == 3 ? 1 : $0 % 11 == 5 ? 2 : 0) }, shape: [500]),
      ])
    }
    let rows = try rows(chunks, memory: .max, layers: "gru(2) dense(1)")
    #expect(rows.training.inMemory == nil && !rows.areInFile)
    let training = (0..<count).filter { $0 % 7 != 3 && $0 % 11 != 5 }
    var next = 0
    try rows.training.forEachBlock { data, first in
      guard case .features(let x) = data.inputs[0] else { return }
      #expect(first == next && x.count == data.rows * steps * features)
      for row in 0..<data.rows {
        let start = training[next] * stride * features
        #expect(
          x[row * steps * features..<(row + 1) * steps * features].elementsEqual(
            series[start..<start + steps * features]))
        next += 1
      }
    }
    #expect(next == training.count)
  }
}
