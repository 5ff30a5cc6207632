// A training step allocates no memory: everything is allocated before the first step. The test program counts each
// thread's allocations (Benchmarks/allocations); here, training uses a single thread.

import AllocationCount
import Testing
import Training

@Suite(.enabled(if: counts_allocations())) struct AllocationTests {
  @Test(arguments: [
    "embedding(20,8) lstm(5) dropout(0.5) dense(1,sigmoid)", "embedding(20,8) gru(5) dense(1,sigmoid)",
    "embedding(20,8) simple_rnn(5) dense(1,sigmoid)",
    "embedding(20,8) bidirectional(lstm(5)) dense(1,sigmoid)",
    "embedding(20,8,mask_zero) bidirectional(gru(5,return_sequences)) lstm(4) dense(1,sigmoid)",
    "embedding(20,8) lstm(5,dropout=0.3,recurrent_dropout=0.3,activation=gelu) dense(1,sigmoid)",
    "embedding(20,8) masking gru(5,recurrent_dropout=0.3,reset_after=false) dense(1,sigmoid)",
    "embedding(20,8) lstm(6,return_sequences) dropout(0.3) lstm(5) dense(4,relu) dense(1,sigmoid)",
    "embedding(20,8,trainable=false) batch_norm lstm(5) batch_norm(trainable=false) dense(1,sigmoid)",
    "embedding(20,8,mask_zero) batch_norm reshape(-1,4) gru(5) batch_norm dense(1,sigmoid)",
  ])
  func ofTokens(layers: String) throws {
    try expectNone(layers, tokenTask(rows: 96))
  }

  @Test(arguments: [
    "adam(0.01)", "sgd(0.1,momentum=0.9)", "rmsprop(0.01)", "adam(0.01,global_clipnorm=1.0)",
    "adamw(cosine(0.01,10),amsgrad,clipnorm=1.0)", "rmsprop(0.01,centered,momentum=0.9)",
  ])
  func ofNumbers(optimizer: String) throws {
    try expectNone(
      "lstm(6,return_sequences) gru(5) dense(1,sigmoid)", meanTask(rows: 96), optimizer: optimizer)
  }

  @Test func ofChannels() throws {
    try expectNone(
      "change: channel_segments(3) dense(9,relu) segment_gru(7,2) dropout(0.2) dense(2) join_channels; "
        + "y: {change} flatten dense(1,sigmoid)", meanTask(rows: 96))
  }

  @Test func ofEveryMetric() throws {
    let metrics = "accuracy,auc,auc(curve=pr),precision,recall,f1_score,mae,rmse,mape,r2_score"
    let data = meanTask(rows: 96).weighted((0..<96).map { Float($0 % 3) })
    try expectNone("lstm(6) dense(1,sigmoid)", data, metrics: try Metric.parse(list: metrics))
  }

  /// Whole batches and a shorter last one, after a first epoch.
  private func expectNone(
    _ layers: String, _ data: DataSet, optimizer: String = "adam(0.01)", metrics: [Metric] = [.accuracy]
  ) throws {
    let trainer = try trainer(layers, data, batch: 40, optimizer: optimizer, metrics: metrics)
    defer { trainer.close() }
    let order = Array(0..<data.rows)
    var totals = trainer.emptyTotals
    func epoch() {
      for start in stride(from: 0, to: data.rows, by: 40) {
        trainer.step(data, order, start..<min(start + 40, data.rows), into: &totals)
      }
    }
    epoch()
    let before = allocation_count_of_thread()
    epoch()
    #expect(allocation_count_of_thread() == before)
    // Counting works: the allocation of an array is counted.
    let array = [Float](repeating: totals.sums.count > 100 ? 1 : 0, count: 1_000 + data.rows)
    #expect(allocation_count_of_thread() > before && array.count > 1_000)
  }
}
