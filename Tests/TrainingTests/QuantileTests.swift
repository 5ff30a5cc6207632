// Quantiles: which are accepted, their intervals, and their loss.

import Failures
import Networks
import Testing
import Training

@Suite struct QuantileTests {
  @Test func intervalsAreNamedByTheirLevels() throws {
    let quantiles = try Quantiles(parsing: "0.005, 0.025,0.1,0.5,0.9,0.975,0.995")
    #expect(quantiles.intervals.map(\.text) == ["80", "95", "99"])
    #expect(quantiles.intervals.map { [$0.low, $0.high] } == [[2, 4], [1, 5], [0, 6]])
    #expect(quantiles.median == 3)
    #expect(try Quantiles(parsing: "0.0005,0.5,0.9995").intervals.map(\.text) == ["99.9"])
    #expect(try Quantiles(json: quantiles.json) == quantiles)
    #expect(try Quantiles(parsing: "0.5").intervals.isEmpty)
  }

  @Test(arguments: [
    ("0.1,0.9,0.5", "0.5 follows 0.9"), ("0.1,0.1,0.5,0.9,0.9", "0.1 follows 0.1"),
    ("0,0.5,1", "0.0 is not between 0 and 1"), ("0.5,1.5", "1.5 is not between 0 and 1"),
    ("-0.1,0.5", "-0.1 is not between"), ("nan", "nan is not between"), ("0.1,0.9", "the median is missing"),
    ("0.05,0.5", "0.05 has no counterpart"), ("0.1,0.5,0.8", "0.1 has no counterpart"),
    ("a", "'a' is not a number"),
    ("", "'' is not a number"), ("0.5,", "'' is not a number"),
  ])
  func othersAreRefused(_ text: String, _ words: String) {
    let failure = #expect(throws: Failure.self) { try Quantiles(parsing: text) }
    #expect(failure?.kind == .usage)
    #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
  }

  @Test func lossIsReadAndWritten() throws {
    let loss = try Loss(parsing: "quantiles(0.1:0.5:0.9)")
    #expect(loss.description == "quantiles(0.1:0.5:0.9)" && loss.outputsPerTarget == 3)
    #expect(try loss == .quantiles(Quantiles(parsing: "0.1,0.5,0.9")))
  }

  /// The mean over targets and quantiles of max(q e, (q - 1) e), and metrics of the medians.
  @Test func lossIsTheMeanPinballLoss() throws {
    let data = seriesTask(rows: 9, steps: 4, columns: 2, horizon: 3)
    let quantiles = try Quantiles(parsing: "0.1,0.5,0.9")
    let trainer = try trainer(
      "flatten dense(18) ascending(3)", data, steps: 4, batch: 9, loss: .quantiles(quantiles),
      metrics: [.meanAbsoluteError])
    defer { trainer.close() }
    let output = trainer.predict(DataSet(rows: 9, inputs: data.inputs, targets: []))
    let (losses, absolute) = data.targets[0].values.enumerated().reduce((0.0, 0.0)) { sums, target in
      let own = (0..<3).map { Double(output[target.offset * 3 + $0]) }
      let y = Double(target.element)
      let pinballs = zip(quantiles.values, own).map { max($0 * (y - $1), ($0 - 1) * (y - $1)) }
      return (sums.0 + pinballs.reduce(0, +), sums.1 + abs(y - own[1]))
    }
    let values = trainer.values(trainer.evaluate(data))
    #expect(abs(values[0].value - losses / Double(output.count)) < 1e-6)
    #expect(abs(values[1].value - absolute / Double(data.targets[0].values.count)) < 1e-6)
    for start in stride(from: 0, to: output.count, by: 3) {
      #expect(output[start] <= output[start + 1] && output[start + 1] <= output[start + 2])
    }
  }

  /// Each quantile of a constant input's output moves to that of the targets.
  @Test func trainingFindsQuantiles() throws {
    let rows = 200
    let data = DataSet(
      rows: rows, input: .features([Float](repeating: 1, count: rows)),
      targets: (0..<rows).map { Float($0) / Float(rows) }, targetWidth: 1)
    let quantiles = try Quantiles(parsing: "0.1,0.5,0.9")
    let trainer = try trainer(
      "flatten dense(3) ascending(3)", data, steps: 1, batch: rows, optimizer: "adam(0.01)",
      loss: .quantiles(quantiles), metrics: [])
    defer { trainer.close() }
    var totals = trainer.emptyTotals
    for _ in 0..<3_000 { trainer.step(data, Array(0..<rows), 0..<rows, into: &totals) }
    let found = trainer.predict(DataSet(rows: rows, inputs: data.inputs, targets: [])).prefix(3)
    for (value, quantile) in zip(found, quantiles.values) { #expect(abs(Double(value) - quantile) < 0.03) }
  }
}
