// Learning, early stopping, reducing the learning rate, and how training ends.

import Failures
import Networks
import TensorFile
import Testing
import Training

@Suite struct FitTests {
  @Test(arguments: ["simple_rnn(8)", "lstm(8)", "gru(8)", "bidirectional(gru(4))"])
  func everyCellLearns(cell: String) throws {
    let data = meanTask(rows: 512)
    let trainer = try trainer("\(cell) dense(1,sigmoid)", data)
    let fit = try Fit(trainer, FitOptions(epochs: 25), training: data, validation: nil)
    _ = try fit.run(StopAfter())
    #expect((fit.state.history.epochs.last?.values["accuracy"] ?? 0) > 0.9)
  }

  @Test func theBestWeightsAreRestored() throws {
    let data = meanTask(rows: 96)
    // With a rate that is far too large, later epochs are worse than early ones.
    let trainer = try trainer("lstm(8) dense(1,sigmoid)", data, optimizer: "sgd(30)")
    var options = FitOptions(epochs: 12)
    options.earlyStopping = try EarlyStopping(parsing: "patience=12,restore_best")
    let fit = try Fit(trainer, options, training: data.slice(0..<64), validation: data.slice(64..<96))
    _ = try fit.run(StopAfter())
    let losses = fit.state.history.epochs.compactMap { $0.values["val_loss"] }
    let totals = trainer.evaluate(data.slice(64..<96))
    #expect(abs(totals.loss - (losses.min() ?? .nan)) < 1e-9)
    #expect(fit.restoredEpoch == (losses.firstIndex(of: losses.min() ?? 0) ?? -1) + 1)
  }

  @Test func stopsWhenPatienceEnds() throws {
    let data = meanTask(rows: 64)
    let trainer = try trainer("simple_rnn(4) dense(1,sigmoid)", data, optimizer: "sgd(1e-30)")
    var options = FitOptions(epochs: 50)
    options.earlyStopping = try EarlyStopping(parsing: "monitor=loss,patience=3,min_delta=0.001")
    let fit = try Fit(trainer, options, training: data, validation: nil)
    #expect(try fit.run(StopAfter()) == .stoppedEarly)
    #expect(fit.state.epoch == 4)
  }

  @Test func theRateFallsOnAPlateau() throws {
    let data = meanTask(rows: 64)
    let trainer = try trainer("simple_rnn(4) dense(1,sigmoid)", data, optimizer: "sgd(1e-20)")
    var options = FitOptions(epochs: 7)
    options.reduceOnPlateau = try ReduceOnPlateau(parsing: "monitor=loss,factor=0.5,patience=2,min_lr=2e-21")
    let fit = try Fit(trainer, options, training: data, validation: nil)
    _ = try fit.run(StopAfter())
    // The first epoch sets the best value; after every two more, the rate is halved, down to the minimum.
    #expect(abs(fit.state.rate / 2e-21 - 1) < 0.3 && fit.state.rate >= 2e-21)
    #expect(fit.state.history.epochs.compactMap { $0.values["learning_rate"] }.first == Double(Float(1e-20)))
  }

  @Test(arguments: [true, false])
  func anInfiniteLossEndsTrainingWithTheLastFiniteWeights(validates: Bool) throws {
    let data = meanTask(rows: 64)
    // Three normal epochs of two steps, then one that makes the weights diverge.
    let trainer = try trainer(
      "simple_rnn(4,activation=linear) dense(1)", data, optimizer: "sgd(step(boundaries=5,values=0.01:1e6))",
      loss: .meanSquaredError)
    let fit = try Fit(
      trainer, FitOptions(epochs: 200), training: data, validation: validates ? data : nil)
    let observer = WeightsAfterEpochs(trainer)
    #expect(try fit.run(observer) == .diverged)
    #expect(fit.lastFiniteEpoch == 3 && fit.state.epoch == 3)
    #expect(weightBits(trainer) == observer.weights.last)
    #expect(trainer.evaluate(data).loss.isFinite)
  }

  @Test func theBestWeightsAreKeptIfNotRestored() throws {
    let data = meanTask(rows: 96)
    let (training, validation) = (data.slice(0..<64), data.slice(64..<96))
    let trainer = try trainer("lstm(8) dense(1,sigmoid)", data, optimizer: "sgd(30)")
    let fit = try Fit(trainer, FitOptions(epochs: 12), training: training, validation: validation)
    #expect(try fit.run(StopAfter()) == .completed)
    let losses = fit.state.history.epochs.compactMap { $0.values["val_loss"] }
    let best = try #require(losses.min())
    #expect(best < (losses.last ?? 0), "the last epoch must not be the best for this test")
    #expect(fit.bestEpoch == (losses.firstIndex(of: best) ?? -1) + 1)
    let model = try #require(fit.model(dataHeader: StreamHeader(kind: "padded")).best)
    try trainer.network.assign(model.weights)
    #expect(abs(trainer.evaluate(validation).loss - best) < 1e-9)
    #expect(model.best == nil)
  }

  @Test func theBestWeightsAreRestoredWithoutEarlyStopping() throws {
    let data = meanTask(rows: 96)
    let trainer = try trainer("lstm(8) dense(1,sigmoid)", data, optimizer: "sgd(30)")
    var options = FitOptions(epochs: 12)
    options.restoresBest = true
    let fit = try Fit(trainer, options, training: data.slice(0..<64), validation: data.slice(64..<96))
    _ = try fit.run(StopAfter())
    let losses = fit.state.history.epochs.compactMap { $0.values["val_loss"] }
    #expect(abs(trainer.evaluate(data.slice(64..<96)).loss - (losses.min() ?? .nan)) < 1e-9)
    #expect(fit.restoredEpoch == fit.bestEpoch && fit.separateBestWeights == nil)
  }

  @Test func aScheduleCantBeReduced() throws {
    let data = meanTask(rows: 64)
    let trainer = try trainer(
      "simple_rnn(4) dense(1,sigmoid)", data, optimizer: "adam(exponential(0.1,10,0.5))")
    var options = FitOptions(epochs: 1)
    options.reduceOnPlateau = try ReduceOnPlateau(parsing: "monitor=loss")
    #expect(throws: Failure.self) { try Fit(trainer, options, training: data, validation: nil) }
  }

  @Test(arguments: ["loss,val_loss", "val_accuracy", "model-{epoch}-{val_accuracy}.zst"])
  func aFilenameNeedsExistingValues(file: String) throws {
    let data = meanTask(rows: 64)
    var options = FitOptions(epochs: 1)
    options.saveEvery = try SaveEvery(parsing: "1,\(file)")
    let trainer = try trainer("simple_rnn(4) dense(1,sigmoid)", data)
    let exists = !file.contains("{val_")
    let fit = try? Fit(trainer, options, training: data, validation: nil)
    #expect((fit != nil) == exists)
  }

  @Test func anUnknownMonitorIsAnError() throws {
    let data = meanTask(rows: 64)
    var options = FitOptions(epochs: 1)
    options.earlyStopping = try EarlyStopping(parsing: "patience=1")
    let trainer = try trainer("simple_rnn(4) dense(1,sigmoid)", data)
    #expect(throws: Failure.self) { try Fit(trainer, options, training: data, validation: nil) }
  }
}
