// The same bits for any number of threads, and for training that was interrupted and resumed at any step.

import Networks
import TensorFile
import Testing
import Training

@Suite struct ReproducibilityTests {
  static let networks = [
    "embedding(20,8) lstm(16) dropout(0.3) dense(1,sigmoid)",
    "embedding(20,8) gru(7,return_sequences) dropout(0.2) gru(5,reset_after=false) dense(1,sigmoid)",
    "embedding(20,8,mask_zero) lstm(9,dropout=0.3,recurrent_dropout=0.4) dense(1,sigmoid)",
    "embedding(20,8) bidirectional(gru(7,reset_after=false,dropout=0.3,recurrent_dropout=0.2)) dense(1,sigmoid)",
    "embedding(20,8) bidirectional(simple_rnn(9)) dense(4,relu) dense(1,sigmoid)",
  ]

  private func fit(_ layers: String, threads: Int) throws -> Fit {
    let data = tokenTask(rows: 150)
    let trainer = try trainer(layers, data, batch: 64, threads: threads)
    var options = FitOptions(epochs: 3)
    options.earlyStopping = try EarlyStopping(parsing: "patience=1,restore_best")
    return try Fit(trainer, options, training: data.slice(0..<120), validation: data.slice(120..<150))
  }

  @Test(arguments: networks) func threadsDoNotShow(layers: String) throws {
    var results: [[UInt32]] = []
    for threads in [1, 2, 3, 8] {
      let fit = try fit(layers, threads: threads)
      _ = try fit.run(StopAfter())
      results.append(weightBits(fit.trainer))
      fit.trainer.close()
    }
    #expect(Set(results).count == 1)
  }

  @Test(arguments: networks) func interruptionDoesNotShow(layers: String) throws {
    let whole = try fit(layers, threads: 1)
    _ = try whole.run(StopAfter())
    let checkpoint = Checkpoint(settings: ["layers": layers])
    for stop in 1...5 {
      let first = try fit(layers, threads: 2)
      #expect(try first.run(StopAfter(steps: stop)) == .interrupted)
      let model = ModelFile(
        first.trainer.network, loss: "mse", metrics: [], facts: StreamHeader(kind: "padded"))
      let second = try fit(layers, threads: 1)
      try checkpoint.restore(second, from: checkpoint.header(first, model: model))
      _ = try second.run(StopAfter())
      #expect(weightBits(second.trainer) == weightBits(whole.trainer))
      #expect(second.state.history == whole.state.history)
    }
  }

  /// Rows share the walk over their padding, and their tokens' projections: neither may show.
  @Test(arguments: networks + ["embedding(20,8) lstm(5,return_sequences) dense(2)"])
  func otherRowsOfTheBatchDoNotShow(layers: String) throws {
    let task = tokenTask(rows: 70)
    let data = DataSet(rows: task.rows, input: task.input, targets: [], targetWidth: 0)
    let together = try trainer(layers, data, batch: 70, threads: 2)
    let alone = try trainer(layers, data, batch: 1)
    defer {
      together.close()
      alone.close()
    }
    #expect(together.predict(data).map(\.bitPattern) == alone.predict(data).map(\.bitPattern))
  }

  @Test func aCheckpointOfOtherOptionsIsRefused() throws {
    let fit = try fit(Self.networks[0], threads: 1)
    _ = try fit.run(StopAfter(steps: 1))
    let model = ModelFile(fit.trainer.network, loss: "mse", metrics: [], facts: StreamHeader(kind: "padded"))
    let header = Checkpoint(settings: ["seed": "1"]).header(fit, model: model)
    #expect(throws: (any Error).self) { try Checkpoint(settings: ["seed": "2"]).restore(fit, from: header) }
  }
}
