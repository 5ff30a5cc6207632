// Distributions: negative log likelihoods and gradients are PyTorch's (fixtures/distributions/make.py), samples have the
// distributions' means and variances, windows become sequences, and training finds a distribution.

import Failures
import Foundation
import JSON
import Networks
import RandomNumbers
import Testing
import Training

@Suite struct DistributionTests {
  private func references() throws -> [JSONValue] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = root.appending(path: "fixtures/distributions/reference.json")
    let reference = try JSONValue(parsing: String(decoding: Data(contentsOf: file), as: UTF8.self))
    return try #require(reference["cases"]?.array)
  }

  @Test func likelihoodsAndGradientsArePyTorchs() throws {
    let references = try references()
    #expect(references.count > 15)
    for reference in references {
      let name = try #require(reference["distribution"]?.string)
      let distribution = try #require(ForecastDistribution(rawValue: name))
      let outputs = (reference["outputs"]?.array ?? []).compactMap(\.double)
      let gradient = (reference["gradient"]?.array ?? []).compactMap(\.double)
      var given = SIMD3<Double>.zero
      for (number, value) in outputs.enumerated() { given[number] = value }
      let found = distribution.likelihood(
        given, of: try #require(reference["y"]?.double), divisor: try #require(reference["divisor"]?.double))
      let loss = try #require(reference["loss"]?.double)
      #expect(abs(found.loss - loss) <= 1e-9 * max(1, abs(loss)), "\(name) \(outputs)")
      for (number, value) in gradient.enumerated() {
        let error = abs(found.gradient[number] - value)
        #expect(error <= 1e-7 * max(1e-2, abs(value)), "\(name) \(outputs) \(number)")
      }
    }
  }

  @Test func lossIsReadAndWritten() throws {
    for distribution in ForecastDistribution.allCases {
      #expect(distribution.loss.description == distribution.rawValue)
      #expect(try Loss(parsing: distribution.rawValue) == distribution.loss)
      #expect(distribution.loss.distribution == distribution)
      #expect(distribution.loss.outputsPerTarget == distribution.outputs)
    }
    #expect(try Loss(parsing: "mse").distribution == nil)
  }

  /// The mean and the variance of samples.
  private func moments(_ distribution: ForecastDistribution, _ outputs: [Float], divisor: Double = 1)
    -> (mean: Double, variance: Double)
  {
    var random = RandomStream(seed: 5)
    let values = (0..<200_000).map { _ in distribution.sample(outputs[...], divisor: divisor, &random) }
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }

  private func softplus(_ x: Double) -> Double { log1p(exp(x)) }

  @Test func samplesHaveTheMomentsOfTheirDistributions() {
    let normal = moments(.normal, [2, 1])
    #expect(abs(normal.mean - 2) < 0.02)
    #expect(abs(normal.variance / (softplus(1) * softplus(1)) - 1) < 0.02)
    // The variance of a t distribution is d / (d - 2).
    let freedom = 2 + softplus(8)
    let student = moments(.studentT, [-1, 0, 8])
    #expect(abs(student.mean + 1) < 0.01)
    #expect(abs(student.variance / (softplus(0) * softplus(0) * freedom / (freedom - 2)) - 1) < 0.05)
    for (outputs, divisor) in [([0.5, 0.1], 1.0), ([0.2, -2], 400), ([1, -8], 50), ([-3, 1], 2)] {
      let mean = divisor * softplus(outputs[0])
      let variance = mean + mean * mean * softplus(outputs[1]) / divisor.squareRoot()
      let counts = moments(.negativeBinomial, outputs.map(Float.init), divisor: divisor)
      #expect(abs(counts.mean / mean - 1) < 0.02, "\(outputs)")
      #expect(abs(counts.variance / variance - 1) < 0.06, "\(outputs)")
    }
  }

  @Test func countsAreWholeAndNotNegative() {
    var random = RandomStream(seed: 1)
    for number in 0..<20_000 {
      let value = ForecastDistribution.negativeBinomial.sample(
        [Float(number % 7) - 3, Float(number % 5) - 3], divisor: Double(1 + number % 90), &random)
      #expect(value >= 0 && value == value.rounded())
    }
  }

  @Test func windowsBecomeSequences() throws {
    let data = DataSet(
      rows: 2,
      inputs: [
        .features([1, 2, 3, 11, 12, 13]), .features([0, 1, 2, 3, 4, 10, 11, 12, 13, 14]), .features([7, 8]),
      ],
      targets: [DataSet.Targets([4, 5, 14, 15], width: 2)], weights: [1, 2])
    let windows = UnrolledWindows(steps: 3, width: 1, horizon: 2, .normal, .common([1]))
    let found = try windows.sequences(data, columns: ["x", "known", "static"], factors: [])
    guard case .features(let x) = found.inputs[0], case .features(let known) = found.inputs[1],
      case .features(let statics) = found.inputs[2]
    else { return #expect(Bool(false)) }
    #expect(x == [1, 2, 3, 4, 11, 12, 13, 14])
    #expect(known == [1, 2, 3, 4, 11, 12, 13, 14])
    #expect(statics == [7, 8])
    #expect(found.targets[0].values == [2, 3, 4, 5, 12, 13, 14, 15] && found.targets[0].width == 4)
    #expect(found.weights == [1, 2])
  }

  @Test func countsAreFollowedByTheirDivisors() throws {
    let data = DataSet(
      rows: 2, input: .features([0.5, 1.5, 0, 1]), targets: [1, 0.5], targetWidth: 1)
    let windows = UnrolledWindows(steps: 2, width: 1, horizon: 1, .negativeBinomial, .ofRows)
    let found = try windows.sequences(data, columns: ["x"], factors: [0.5, 0.25])
    #expect(found.targets[0].values == [3, 2, 2, 2, 4, 4, 2, 4] && found.targets[0].width == 4)
    let failure = #expect(throws: Failure.self) {
      try windows.sequences(data, columns: ["x"], factors: [1, 1])
    }
    #expect(failure?.description.contains("not a whole number (1.5)") == true)
  }

  /// The loss of a batch is the mean over rows, steps and targets.
  @Test func lossIsTheMeanOfAllSteps() throws {
    let data = seriesTask(rows: 9, steps: 4, columns: 2, horizon: 4)
    let trainer = try trainer(
      "gru(5,return_sequences) dense(6)", data, steps: 4, batch: 9, loss: ForecastDistribution.studentT.loss,
      metrics: [])
    defer { trainer.close() }
    let output = trainer.predict(DataSet(rows: 9, inputs: data.inputs, targets: []))
    let losses = data.targets[0].values.enumerated().map { index, y in
      let own = (0..<3).map { Double(output[index * 3 + $0]) }
      return ForecastDistribution.studentT.likelihood([own[0], own[1], own[2]], of: Double(y), divisor: 1)
        .loss
    }
    let value = trainer.values(trainer.evaluate(data))[0].value
    #expect(abs(value - losses.reduce(0, +) / Double(losses.count)) < 1e-6)
  }

  /// Of constant inputs, the outputs become the parameters of the targets' distribution.
  @Test func trainingFindsADistribution() throws {
    var random = RandomStream(seed: 2)
    let rows = 500
    let data = DataSet(
      rows: rows, input: .features([Float](repeating: 1, count: rows)),
      targets: (0..<rows).map { _ in Float(3 + 0.5 * random.normal()) }, targetWidth: 1)
    let trainer = try trainer(
      "gru(2,return_sequences) dense(2)", data, steps: 1, batch: rows, optimizer: "adam(0.02)",
      loss: ForecastDistribution.normal.loss, metrics: [])
    defer { trainer.close() }
    var totals = trainer.emptyTotals
    for _ in 0..<1_500 { trainer.step(data, Array(0..<rows), 0..<rows, into: &totals) }
    let found = trainer.predict(DataSet(rows: rows, inputs: data.inputs, targets: [])).prefix(2)
    #expect(abs(Double(found[0]) - 3) < 0.1)
    #expect(abs(softplus(Double(found[1])) - 0.5) < 0.05)
  }
}
