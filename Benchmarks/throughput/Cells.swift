// How fast the further cells train, compared with the GRU: one layer over the same sequences, in turns, so that other
// load on the machine affects all alike.

import Glibc
import JSON
import Networks
import RandomNumbers
import Training

/// The cells in turns on one kind of input.
struct CellComparison {
  /// What the layer reads.
  enum Input: String, CaseIterable {
    /// One number per step, as in a series.
    case number
    /// As many numbers per step as the layer has units, as behind another layer.
    case wide
    /// Token ids with an embedding.
    case tokens
  }

  static let cells = [
    "gru", "min_gru", "min_lstm", "sru", "lstm", "slstm", "peephole_lstm", "layer_norm_lstm",
  ]
  private static let (steps, units, batch) = (200, 64, 128)

  let input: Input
  let threads: Int
  let repeats: Int
  let milliseconds: Int

  /// Measures all cells; prints a line for each.
  func run() throws {
    let contestants = try Self.cells.map { try Contestant($0, self) }
    defer { for contestant in contestants { contestant.close() } }
    for contestant in contestants { _ = contestant.seconds(2) }
    let counts = contestants.map { max(1, Int(Double(milliseconds) / 1_000 / $0.seconds(2) * 2)) }
    let rounds = (0..<repeats).map { _ in zip(contestants, counts).map { $0.seconds($1) / Double($1) } }
    for (number, cell) in Self.cells.enumerated() {
      let times = rounds.map { $0[number] }.sorted()
      let ratios = rounds.map { $0[0] / $0[number] }.sorted()
      let line: JSONValue = [
        "kind": "cell", "cell": .string(cell), "input": .string(input.rawValue),
        "steps": .integer(Int64(Self.steps)), "units": .integer(Int64(Self.units)),
        "batch": .integer(Int64(Self.batch)), "threads": .integer(Int64(threads)),
        "sequences_per_cpu_second": .number((Double(Self.batch) / times[repeats / 2]).rounded()),
        "times_gru": .number((ratios[repeats / 2] * 100).rounded() / 100),
      ]
      print(line.text)
      flushOutput()
    }
  }

  /// A network with one cell, and its trainer.
  private final class Contestant {
    private let trainer: Trainer
    private let data: DataSet
    private let order = Array(0..<batch)

    init(_ cell: String, _ comparison: CellComparison) throws {
      let (layers, shape) = Self.network(cell, comparison.input)
      data = Self.rows(comparison.input, width: shape.width)
      let network = try Network(
        Architecture(layers: LayerSpec.parse(layers), input: shape), rows: batch, workers: comparison.threads,
        isTraining: true)
      try network.store.initialize(seed: 1)
      let options = TrainerOptions(
        Objective(loss: .meanSquaredError), batchSize: batch, seed: 1, threads: comparison.threads)
      trainer = try Trainer(network, options, targetWidths: [1])
    }

    private static func network(_ cell: String, _ input: Input) -> (String, ValueShape) {
      let layers = "\(cell)(\(units)) dense(1)"
      switch input {
      case .number: return (layers, .sequence(steps: steps, width: 1))
      case .wide: return (layers, .sequence(steps: steps, width: units))
      case .tokens: return ("embedding(1000,128) \(layers)", .tokens(steps: steps))
      }
    }

    private static func rows(_ input: Input, width: Int) -> DataSet {
      var random = RandomStream(seed: 3)
      let targets = DataSet.Targets((0..<batch).map { _ in Float(random.normal()) }, width: 1)
      let inputs: DataSet.Input =
        input == .tokens
        ? .tokens((0..<batch * steps).map { _ in Int32(1 + random.index(below: 999)) })
        : .features((0..<batch * steps * width).map { _ in Float(random.normal()) })
      return DataSet(rows: batch, inputs: [inputs], targets: [targets])
    }

    /// The CPU time of `count` optimizer steps.
    func seconds(_ count: Int) -> Double {
      var totals = trainer.emptyTotals
      let start = clock()
      for _ in 0..<count { trainer.step(data, order, 0..<batch, into: &totals) }
      return Double(clock() - start) / Double(CLOCKS_PER_SEC)
    }

    func close() { trainer.close() }
  }
}
