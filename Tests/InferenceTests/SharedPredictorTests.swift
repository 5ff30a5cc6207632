// The same predictions and metrics, bit for bit, by any number of processes, and what happens if one is lost.

import Failures
import Inference
import Networks
import PeerThreads
import Peers
import RandomNumbers
import Tensor
import TensorFile
import Testing
import Training

@Suite struct SharedPredictorTests {
  /// What the first process has at the end.
  private struct Ending: Sendable, Equatable {
    var predictions: [[UInt64]] = []
    var masks: [[Bool]] = []
    var values: [String] = []
    var problem = ""
  }

  private static let tasks = [
    ("embedding(40,6,mask_zero) bidirectional(gru(5)) dense(1,sigmoid)", "binary_crossentropy", 1),
    ("embedding(40,6) lstm(7) dense(4,softmax)", "sparse_categorical_crossentropy", 1),
    (
      "embedding(40,6,mask_zero) lstm(5,return_sequences,activity_regularizer=l2(0.1)) dense(4,softmax)",
      "sparse_categorical_crossentropy", 9
    ),
    (
      "e: {x} embedding(40,6) gru(5); first: {e} dense(1,sigmoid); second: {e} dense(4,softmax)",
      "first: binary_crossentropy; second: sparse_categorical_crossentropy", 1
    ),
  ]

  private static func model(_ layers: String, _ loss: String) throws -> LoadedModel {
    let architecture = try Architecture(Topology(parsing: layers), inputs: [.tokens(steps: 9)])
    let network = try Network(architecture, rows: 1, workers: 1, isTraining: false)
    try network.store.initialize(seed: 3)
    let metrics = loss.contains(";") ? ["first: accuracy", "second: accuracy"] : ["accuracy"]
    let file = ModelFile(
      network, ObjectiveText(loss: loss, metrics: metrics), facts: StreamHeader(kind: "padded"))
    return try LoadedModel(file.header, path: "model", usesBest: false)
  }

  /// Chunks of different sizes, some of them smaller than a batch.
  private static func chunks(targets: Int, names: [String]) -> [Chunk] {
    var random = RandomStream(seed: 5)
    return [300, 5, 700, 64, 1, 130].map { rows in
      var columns: [String: Tensor] = [:]
      let ids = (0..<rows).flatMap { _ in
        let padding = random.index(below: 9)
        return (0..<9).map { $0 < padding ? 0 : Int32(random.index(below: 40)) }
      }
      columns["x"] = Tensor(ids, shape: [rows, 9])
      for name in names {
        let classes = (0..<rows * targets).map { _ in Int32(random.index(below: 2)) }
        columns[name] = Tensor(classes, shape: targets == 1 ? [rows] : [rows, targets])
      }
      columns["weight"] = Tensor((0..<rows).map { Float($0 % 3) }, shape: [rows])
      return Chunk(columns)
    }
  }

  private static func ending(
    _ model: LoadedModel, _ chunks: [Chunk], evaluates: Bool = true, _ peers: any Peers
  ) throws -> Ending {
    let span = try ForecastSpan(model, steps: nil)
    let options = PredictorOptions(batchSize: 64, threads: peers.rank + 1, evaluates: evaluates)
    guard peers.rank == 0 else {
      try PredictionHelper(span, options, peers).work()
      return Ending()
    }
    let team = peers.count == 1 ? nil : PredictionTeam(peers)
    let predictor = try SpanPredictor(span, like: chunks[0], options)
    let shared = SharedPredictor(predictor, like: chunks[0], valuesPerRow: 1, team)
    var (ending, first) = (Ending(), 0)
    func use(_ results: [Result<Prediction, any Error>]) {
      for result in results where ending.problem.isEmpty {
        do {
          for output in try result.get().outputs {
            ending.predictions.append(output.values.doubles.map(\.bitPattern))
            ending.masks.append(output.mask ?? [])
          }
        } catch { ending.problem = "\(error)" }
      }
    }
    for chunk in chunks {
      use(try shared.add(chunk, firstRow: first))
      first += chunk.rows
    }
    use(try shared.finish())
    try team?.end()
    ending.values = predictor.values.map { "\($0.name) \($0.value.bitPattern)" }
    return ending
  }

  @Test(arguments: tasks, [true, false])
  func resultsDoNotDependOnProcesses(task: (String, String, Int), evaluates: Bool) throws {
    let model = try Self.model(task.0, task.1)
    let chunks = Self.chunks(targets: task.2, names: task.1.contains(";") ? ["y.first", "y.second"] : ["y"])
    let alone = try inProcesses(1) { try Self.ending(model, chunks, evaluates: evaluates, $0) }[0]
    #expect(alone.problem.isEmpty && alone.predictions.count >= chunks.count)
    for count in [2, 3, 4, 8, 11] {
      let ending = try inProcesses(count) { try Self.ending(model, chunks, evaluates: evaluates, $0) }[0]
      #expect(ending == alone, "\(count) processes")
    }
  }

  /// Of several invalid values, the one that one process would find first is named.
  @Test func invalidRowsAreNamedAsByOneProcess() throws {
    let model = try Self.model(Self.tasks[0].0, Self.tasks[0].1)
    var chunks = Self.chunks(targets: 1, names: ["y"])
    var columns = chunks[2].columns
    var ids = try #require(columns["x"]?.tensor?.values(as: Int32.self))
    ids[650 * 9] = 40
    columns["x"] = .dense(Tensor(ids, shape: [700, 9]))
    columns["weight"] = .dense(Tensor((0..<700).map { $0 == 3 ? -1 : Float(1) }, shape: [700]))
    chunks[2] = Chunk(columns, rows: 700)
    let broken = chunks
    let alone = try inProcesses(1) { try Self.ending(model, broken, $0) }[0]
    #expect(alone.predictions.count == 2 && alone.problem.contains("row 955 contains the token id 40"))
    for count in [2, 5] {
      let ending = try inProcesses(count) { try Self.ending(model, broken, $0) }[0]
      #expect(ending.problem == alone.problem && ending.predictions == alone.predictions)
    }
  }

  @Test func aLostProcessIsNamed() throws {
    let model = try Self.model(Self.tasks[0].0, Self.tasks[0].1)
    let chunks = Self.chunks(targets: 1, names: ["y"])
    let losses = try inProcesses(3, patience: 1) { peers in
      if peers.rank == 1 { return -1 }
      do { _ = try Self.ending(model, chunks, peers) } catch let loss as PeerLoss { return loss.rank }
      return -2
    }
    #expect(losses == [1, -1, 1])
  }

  @Test func aStopIsNoticedBetweenRounds() throws {
    let model = try Self.model(Self.tasks[0].0, Self.tasks[0].1)
    let chunks = Self.chunks(targets: 1, names: ["y"])
    let hasStopped = try inProcesses(2) { peers in
      let span = try ForecastSpan(model, steps: nil)
      let options = PredictorOptions(batchSize: 64, threads: 1)
      guard peers.rank == 0 else {
        try PredictionHelper(span, options, peers).work()
        return true
      }
      let team = PredictionTeam(peers) { true }
      let predictor = try SpanPredictor(span, like: chunks[0], options)
      let shared = SharedPredictor(predictor, like: chunks[0], valuesPerRow: 1, team)
      do {
        for chunk in chunks { _ = try shared.add(chunk, firstRow: 0) }
        return false
      } catch is CancellationError {
        try team.end()
        return true
      }
    }
    #expect(hasStopped == [true, true])
  }
}
