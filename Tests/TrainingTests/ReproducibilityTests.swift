// The same results, bit for bit, for any number of threads, and if training is interrupted and resumed at any step.

import Foundation
import Networks
import TensorFile
import Testing
import Training

@Suite struct ReproducibilityTests {
  static let networks = [
    "embedding(300,8) lstm(16) dropout(0.3) dense(1,sigmoid)",
    "embedding(300,8) gru(7,return_sequences) dropout(0.2) gru(5,reset_after=false) dense(1,sigmoid)",
    "embedding(300,8,mask_zero) lstm(9,dropout=0.3,recurrent_dropout=0.4) dense(1,sigmoid)",
    "embedding(300,8) bidirectional(gru(7,reset_after=false,dropout=0.3,recurrent_dropout=0.2)) dense(1,sigmoid)",
    "embedding(300,8) bidirectional(lstm(5,stateful,return_sequences)) gru(4,stateful) dense(1,sigmoid)",
    "embedding(300,8) bidirectional(simple_rnn(9)) dense(4,relu) dense(1,sigmoid)",
    "embedding(300,8,mask_zero) batch_norm lstm(9,return_sequences,recurrent_dropout=0.2) batch_norm dropout(0.3) "
      + "gru(5,trainable=false) batch_norm(momentum=0.5) dense(1,sigmoid)",
    "embedding(300,8) lstm(9,return_sequences) batch_norm gru(5) dense(1,sigmoid)",
    "embedding(300,8) min_gru(9,return_sequences) sru(9,dropout=0.2,return_sequences) min_lstm(17) dense(1,sigmoid)",
    "embedding(300,8,mask_zero) bidirectional(slstm(6,heads=2,return_sequences)) sru(12,stateful) dense(1,sigmoid)",
    "embedding(300,8) peephole_lstm(9,return_sequences,recurrent_dropout=0.2) lstm(9,proj_size=5,return_sequences) "
      + "layer_norm_lstm(7) dense(1,sigmoid)",
  ]

  /// Every optimizer with all its state variables, schedules, and clipping.
  static let optimizers = [
    "adam(0.01,amsgrad)", "adamw(cosine(0.001,20,warmup_target=0.05,warmup_steps=3),clipnorm=0.1)",
    "rmsprop(exponential(0.01,2,0.5),centered,momentum=0.9,global_clipnorm=0.1)",
    "sgd(step(boundaries=1:3,values=0.3:0.1:0.01),momentum=0.9,nesterov,weight_decay=0.01)",
  ]

  /// Most tokens don't occur in most batches and in validation, so that leftovers from earlier batches would show.
  private func fit(_ layers: String, threads: Int, optimizer: String = "adam(0.01)") throws -> Fit {
    var data = tokenTask(rows: 150, vocabulary: 300)
    data = data.weighted((0..<150).map { Float($0 % 3) })
    let trainer = try trainer(
      layers, data, batch: 64, threads: threads, optimizer: optimizer,
      metrics: try Metric.parse(list: "accuracy,auc,auc(curve=pr),precision,recall,f1_score,r2_score"))
    var options = FitOptions(epochs: 3)
    options.shuffles = !layers.contains("stateful")
    options.earlyStopping = try EarlyStopping(parsing: "patience=2,restore_best")
    return try Fit(trainer, options, training: data.slice(0..<120), validation: data.slice(120..<150))
  }

  @Test(arguments: networks) func resultsDoNotDependOnThreads(layers: String) throws {
    var results: [[UInt32]] = []
    var histories: [History] = []
    for threads in [1, 2, 3, 8] {
      let fit = try fit(layers, threads: threads)
      _ = try fit.run(StopAfter())
      results.append(weightBits(fit.trainer))
      histories.append(fit.state.history)
      fit.trainer.close()
    }
    #expect(Set(results).count == 1)
    #expect(histories.allSatisfy { $0 == histories[0] })
  }

  @Test(arguments: networks) func resultsDoNotDependOnInterruptions(layers: String) throws {
    try compareInterrupted { try fit(layers, threads: $0) }
  }

  @Test(arguments: optimizers) func resultsDoNotDependOnInterruptions(optimizer: String) throws {
    try compareInterrupted { try fit(Self.networks[0], threads: $0, optimizer: optimizer) }
  }

  /// Each of 200 steps, with dropout and a schedule; part of `make torture`.
  @Test(
    .enabled(if: ProcessInfo.processInfo.environment["RNN_LONG_TESTS"] != nil),
    arguments: ["lstm", "gru", "simple_rnn"], [1, 2])
  func everyStepCanBeTheLast(cell: String, threads: Int) throws {
    let data = tokenTask(rows: 120, vocabulary: 50)
    try compareInterrupted(stops: 1...199, threads: threads) { threads in
      let trainer = try trainer(
        "embedding(50,3) \(cell)(4,dropout=0.2) dropout(0.3) dense(1,sigmoid)", data, batch: 10,
        threads: threads, optimizer: "adam(cosine(0.01,200),clipnorm=0.5)")
      return try Fit(
        trainer, FitOptions(epochs: 20), training: data.slice(0..<100), validation: data.slice(100..<120))
    }
  }

  /// Channels of rows, which are rows themselves.
  @Test func channelsDoNotDependOnThreadsOrInterruptions() throws {
    let data = seriesTask(rows: 150, steps: 12, columns: 3, horizon: 4)
    try compareInterrupted { threads in
      let trainer = try trainer(
        channels, data, steps: 12, batch: 64, threads: threads, loss: .meanSquaredError, metrics: [])
      return try Fit(
        trainer, FitOptions(epochs: 3), training: data.slice(0..<120), validation: data.slice(120..<150))
    }
  }

  @Test func channelsDoNotDependOnTheRestOfTheBatch() throws {
    let task = seriesTask(rows: 70, steps: 12, columns: 3, horizon: 4)
    let data = DataSet(rows: task.rows, inputs: task.inputs, targets: [])
    let together = try trainer(channels, data, steps: 12, batch: 70, threads: 2, loss: .meanSquaredError)
    let alone = try trainer(channels, data, steps: 12, batch: 1, loss: .meanSquaredError)
    defer {
      together.close()
      alone.close()
    }
    #expect(together.predict(data).map(\.bitPattern) == alone.predict(data).map(\.bitPattern))
  }

  private let channels =
    "last: {x} last_step; change: {x last} subtract channel_segments(4) dense(9,relu) "
    + "gru(7,return_sequences) dropout(0.2) segment_gru(17,1) dropout(0.3) dense(4) join_channels; "
    + "y: {change last} add flatten"

  /// Rows that continue one another, in parallel streams whose number doesn't divide that of the rows.
  @Test func continuousRowsDoNotDependOnThreadsOrInterruptions() throws {
    let tokens = (0..<401).map { Int32($0 * $0 % 13) }
    let data = DataSet(
      rows: 80, input: .tokens(Array(tokens[..<400])), targets: tokens[1...].map(Float.init), targetWidth: 5)
    try compareInterrupted { threads in
      let trainer = try trainer(
        "embedding(13,8) lstm(9,return_sequences,stateful) dropout(0.3) gru(7,return_sequences,stateful) "
          + "dense(13,softmax)",
        data, steps: 5, batch: 24, threads: threads,
        loss: try Loss(parsing: "sparse_categorical_crossentropy"))
      var options = FitOptions(epochs: 2)
      (options.isContinuous, options.shuffles) = (true, false)
      return try Fit(trainer, options, training: data.slice(0..<62), validation: data.slice(62..<80))
    }
  }

  /// Compares training that was interrupted after some step with uninterrupted training.
  private func compareInterrupted(
    stops: ClosedRange<Int> = 1...5, threads: Int = 2, _ fit: (_ threads: Int) throws -> Fit
  ) throws {
    let whole = try fit(1)
    _ = try whole.run(StopAfter())
    let checkpoint = Checkpoint(settings: ["seed": "1"])
    for stop in stops {
      let first = try fit(threads)
      #expect(try first.run(StopAfter(steps: stop)) == .interrupted)
      let model = first.model(dataHeader: StreamHeader(kind: "padded"))
      let second = try fit(1)
      try checkpoint.restore(second, from: checkpoint.header(first, model: model))
      _ = try second.run(StopAfter())
      #expect(weightBits(second.trainer) == weightBits(whole.trainer))
      #expect(second.state.history == whole.state.history)
      #expect(second.bestEpoch == whole.bestEpoch)
    }
  }

  /// Rows share the steps over their padding and the projections of their tokens, which must not affect results.
  @Test(
    arguments: networks.filter { !$0.contains("stateful") } + [
      "embedding(300,8) lstm(5,return_sequences) dense(2)"
    ])
  func rowsDoNotDependOnTheRestOfTheBatch(layers: String) throws {
    let task = tokenTask(rows: 70)
    let data = DataSet(rows: task.rows, inputs: task.inputs, targets: [])
    let together = try trainer(layers, data, batch: 70, threads: 2)
    let alone = try trainer(layers, data, batch: 1)
    defer {
      together.close()
      alone.close()
    }
    #expect(together.predict(data).map(\.bitPattern) == alone.predict(data).map(\.bitPattern))
  }

  /// A network for prediction stores less, skips dropout, and lets more layers share the padding.
  @Test(
    arguments: networks.filter { !$0.contains("stateful") } + [
      "embedding(300,8) lstm(5,return_sequences) dropout(0.3) gru(4,return_sequences) simple_rnn(3)",
      "embedding(300,8) gru(5,return_sequences) spatial_dropout1d(0.3) lstm(4,return_sequences) dense(1)",
      "embedding(300,8) lstm(5,return_sequences,activity_regularizer=l2(0.1)) dropout(0.3) lstm(3)",
      "embedding(300,8) simple_rnn(5,return_sequences) lstm(3,go_backwards)",
      "embedding(300,8) gru(5,return_sequences) bidirectional(lstm(3,return_sequences)) gru(2)",
    ])
  func predictionEqualsTheTrainingNetworksForwardPass(layers: String) throws {
    let task = tokenTask(rows: 90)
    let architecture = try Architecture(layers: LayerSpec.parse(layers), input: .tokens(steps: 6))
    let width = architecture.shapes().last?.reduce(1, *) ?? 0
    let data = DataSet(
      rows: task.rows, input: task.inputs[0],
      targets: (0..<task.rows * width).map { task.targets[0].values[$0 / width] }, targetWidth: width)
    let trainer = try trainer(layers, data, batch: 70, threads: 2, loss: .meanSquaredError)
    let network = try Network(architecture, rows: 70, workers: 2, isTraining: false)
    for (own, other) in zip(network.parameters, trainer.network.parameters) { own.assign(other.array) }
    let runner = try BatchRunner(
      network, Objective(loss: .meanSquaredError, metrics: [.accuracy]), targetWidths: [width], threads: 2)
    defer {
      trainer.close()
      runner.close()
    }
    var (totals, outputs) = (runner.emptyTotals, [Float]())
    runner.forEachBatch(data, into: &totals) { outputs += network.outputArray() }
    #expect(outputs.map(\.bitPattern) == trainer.predict(data).map(\.bitPattern))
    #expect(totals == trainer.evaluate(data))
  }

  @Test func aCheckpointWithOtherOptionsIsRefused() throws {
    let fit = try fit(Self.networks[0], threads: 1)
    _ = try fit.run(StopAfter(steps: 1))
    let model = fit.model(dataHeader: StreamHeader(kind: "padded"))
    let header = Checkpoint(settings: ["seed": "1"]).header(fit, model: model)
    #expect(throws: (any Error).self) { try Checkpoint(settings: ["seed": "2"]).restore(fit, from: header) }
  }
}
