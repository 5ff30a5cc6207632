// Naive forecasts in the units of the data, and the synthetic data sets.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesNaiveTests {
  @Test func lastAndSeasonal() throws {
    let layout = try WindowLayout(length: 4, horizon: 3, inputs: ["a", "b"], targets: ["b"])
    let series = try makeSeries(["a", "b"], (0..<10).flatMap { [Double($0), 100 + 10 * Double($0)] })
    let (chunk, _, scan) = try cut(series, layout, scale: .standard)
    let naive = try #require(try NaiveForecast(layout, scaler: scan.scaler))
    let x = try #require(chunk.columns["x"]?.tensor).slice(0..<1)
    #expect(rounded(try naive.forecast(.last, x: x)) == [130, 130, 130])
    #expect(rounded(try naive.forecast(.seasonal(2), x: x)) == [120, 130, 120])
    #expect(rounded(try naive.forecast(.seasonal(4), x: x)) == [100, 110, 120])
    #expect(naive.allows(season: 4) && !naive.allows(season: 5))
    #expect(naive.methods(time: TimeColumn(column: "t", step: .months(3))) == [.last, .seasonal(4)])
    #expect(naive.methods(time: TimeColumn(column: "t", step: .months(1))) == [.last])
  }

  private func rounded(_ values: [Double]) -> [Int] { values.map { Int($0.rounded()) } }

  @Test func aTargetThatIsNotAnInput() throws {
    let layout = try WindowLayout(length: 4, inputs: ["a"], targets: ["b"])
    #expect(try NaiveForecast(layout, scaler: .identity(["a", "b"])) == nil)
  }

  @Test func syntheticDataIsReproducible() throws {
    var whole = SineWave(rows: 10, seed: 42)
    var halves = SineWave(rows: 4, seed: 42)
    let first = whole.block(4).columns["x"]?.tensor
    #expect(halves.block(4).columns["x"]?.tensor == first)
    let clean = SineWave(rows: 2, step: 0.5, noise: 0, seed: 1)
    var copy = clean
    #expect(copy.block(2).columns["x"]?.tensor?.doubles == [0, 0.479425538604203])
  }

  @Test func syntheticLabelsAreCorrect() throws {
    var means = SequenceMeans(rows: 200, seed: 1)
    let chunk = means.block(200)
    let (x, y) = (
      try #require(chunk.columns["x"]?.tensor), try #require(chunk.columns["y"]?.tensor?.integers)
    )
    for row in 0..<200 { #expect((x.slice(row..<row + 1).doubles.reduce(0, +) / 20 > 0.5) == (y[row] == 1)) }
    var adding = AddingProblem(rows: 50, length: 7, seed: 1)
    let sums = adding.block(50)
    let pairs = try #require(sums.columns["x"]?.tensor)
    for (row, sum) in (sums.columns["y"]?.tensor?.floats ?? []).enumerated() {
      let values = pairs.slice(row..<row + 1).floats
      let marked = stride(from: 0, to: 14, by: 2).filter { values[$0 + 1] == 1 }
      #expect(marked.count == 2 && marked.reduce(0) { $0 + values[$1] } == sum)
    }
    var recall = RecallTask(rows: 5, seed: 1)
    let symbols = recall.block(5)
    let oneHot = try #require(symbols.columns["x"]?.tensor)
    for (row, symbol) in (symbols.columns["y"]?.tensor?.integers ?? []).enumerated() {
      #expect(oneHot.slice(row..<row + 1).floats[symbol] == 1)
    }
    var reviews = SyntheticReviews(rows: 40, seed: 1)
    let texts = reviews.block(40)
    #expect(texts.columns["text"]?.ragged?.lengths.allSatisfy { $0 > 10 } == true)
    #expect(Set(texts.columns["y"]?.tensor?.integers ?? []) == [0, 1])
  }

  @Test func airlinePassengers() throws {
    let text = try seriesFixture("airline-passengers.csv")
    var csv = try SeriesCSV(ByteFeed(text), named: "airline-passengers.csv", .init())
    let series = try RereadableSeries(&csv)
    var total = 0.0
    try series.forEach { total += $0.values.reduce(0, +) }
    #expect(series.rows == 144 && total == 40_363)
    let scan = try SeriesScan(series, columns: ["passengers"], scale: .none, gaps: .error)
    #expect(scan.times?.step == .months(1) && scan.times?.step?.season == 12)
  }
}
