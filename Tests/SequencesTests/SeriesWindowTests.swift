// Windows: where Keras cuts them, which part they belong to, gaps, missing values, the future window.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesWindowTests {
  @Test func cutsWhereKerasCuts() throws {
    for fields in try seriesCases("windows") {
      let numbers = fields[0].split(separator: " ").compactMap { Int($0) }
      let facts = try WindowFacts(
        length: numbers[1], horizon: numbers[2], stride: numbers[3], rate: numbers[4], ahead: numbers[5],
        inputs: ["a"], targets: ["a"])
      let series = try makeSeries(["a"], (0..<numbers[0]).map(Double.init))
      let chunk = try cut(series, facts).chunk
      #expect(chunk.rows == facts.count(rows: numbers[0]))
      #expect(rows(chunk) == Array(fields.dropFirst()), "\(fields[0])")
    }
  }

  private func rows(_ chunk: Chunk) -> [String] {
    guard let x = chunk.columns["x"]?.tensor, let y = chunk.columns["y"]?.tensor else { return [] }
    return (0..<chunk.rows).map { row in
      [x, y].map { $0.slice(row..<row + 1).floats.map { String(Int($0)) }.joined(separator: " ") }
        .joined(separator: " > ")
    }
  }

  private func facts(_ length: Int, _ horizon: Int, inputs: [String] = ["a"], targets: [String] = ["a"])
    throws
    -> WindowFacts
  {
    try WindowFacts(length: length, horizon: horizon, inputs: inputs, targets: targets)
  }

  @Test func severalColumns() throws {
    let series = try makeSeries(["a", "b", "c"], (0..<15).map(Double.init), times: [0, 60, 120, 180, 240])
    let chunk = try cut(series, try facts(2, 2, inputs: ["c", "a"], targets: ["b", "c"])).chunk
    #expect(chunk.columns["x"]?.tensor == Tensor([2, 0, 5, 3, 5, 3, 8, 6] as [Float], shape: [2, 2, 2]))
    #expect(chunk.columns["y"]?.tensor == Tensor([7, 8, 10, 11, 10, 11, 13, 14] as [Float], shape: [2, 4]))
    #expect(chunk.columns["time"]?.tensor == Tensor([120, 180, 180, 240] as [Int64], shape: [2, 2]))
    #expect(chunk.columns["split"] == nil)
  }

  @Test func windowsBelongToTheirTargetsPart() throws {
    let parts: [UInt8] = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
    let series = try makeSeries(["a"], (0..<10).map(Double.init), parts: parts)
    let (chunk, windower, survey) = try cut(series, try facts(3, 2), scale: .minmax)
    // Targets 3-4 train, 4-5 straddle, 5-6 and 6-7 validation, 7-8 straddle, 8-9 test.
    #expect(chunk.columns["split"]?.tensor?.values(as: UInt8.self) == [0, 1, 1, 2])
    #expect(windower.counts == [1, 2, 1] && windower.straddling == 2)
    #expect(survey.scaler.basis == .train && survey.scaler.offset == [0] && survey.scaler.factor == [0.25])
    #expect(chunk.columns["y"]?.tensor?.floats == [0.75, 1, 1.25, 1.5, 1.5, 1.75, 2, 2.25])
  }

  @Test func aStrideBeyondTheBuffer() throws {
    let facts = try WindowFacts(length: 2, stride: 11, inputs: ["a"], targets: ["a"])
    let series = try makeSeries(["a"], (0..<40).map(Double.init))
    #expect(rows(try cut(series, facts).chunk) == ["0 1 > 2", "11 12 > 13", "22 23 > 24", "33 34 > 35"])
  }

  @Test func tooShortASeries() throws {
    #expect(
      complaint { try facts(50, 1).check(rows: 50) }
        == "a window and its targets span 51 rows, the series has 50 (take a shorter --length or --horizon)")
    try facts(49, 1).check(rows: 50)
    #expect(complaint { _ = try facts(0, 1) }.hasPrefix("--length: 0 is not between"))
  }

  @Test func gaps() throws {
    let times: [Int64] = [0, 60, 120, 180, 300, 360, 420, 480]
    let series = try makeSeries(["a"], (0..<8).map(Double.init), times: times)
    let said = complaint { _ = try cut(series, try facts(2, 1)) }
    #expect(
      said.hasPrefix(
        "row 5 (1970-01-01 00:05:00): 2 minutes after 1970-01-01 00:03:00, where the step is 1 minute"))
    let dropped = try cut(series, try facts(2, 1), gaps: .drop)
    #expect(
      rows(dropped.chunk) == ["0 1 > 2", "1 2 > 3", "4 5 > 6", "5 6 > 7"] && dropped.windower.broken == 2)
    #expect(dropped.survey.step == .seconds(60))
    let ignored = try cut(series, try facts(2, 1), gaps: .ignore)
    #expect(ignored.chunk.rows == 6 && ignored.survey.step == nil)
  }

  @Test func timesThatCannotBe() throws {
    let twice = try makeSeries(["a"], [1, 2, 3], times: [0, 60, 60])
    #expect(
      complaint { _ = try cut(twice, try facts(1, 1), gaps: .ignore) }.contains(
        "row 3 (1970-01-01 00:01:00): the same time twice"))
    let back = try makeSeries(["a"], [1, 2, 3], times: [0, 60, 30])
    #expect(
      complaint { _ = try cut(back, try facts(1, 1)) }.contains(
        "row 3 (1970-01-01 00:00:30): the time goes back"))
  }

  @Test func missingValues() throws {
    let series = try makeSeries(["a", "b"], [1, 2, 3, .nan, 5, 6], times: [0, 60, 120])
    let both = try facts(1, 1, inputs: ["a"], targets: ["b"])
    #expect(
      complaint { _ = try cut(series, both) }.hasPrefix(
        "row 2 (1970-01-01 00:01:00), column b: the value is missing"))
    #expect(try cut(series, try facts(1, 1)).chunk.rows == 2)
    let huge = try makeSeries(["a"], [1, 1e300, 3])
    #expect(complaint { _ = try cut(huge, try facts(1, 1)) }.contains("row 2, column a"))
  }

  @Test func factsTravelInTheHeader() throws {
    let facts = try WindowFacts(
      length: 9, horizon: 2, stride: 3, rate: 4, ahead: 5, inputs: ["x, y"], targets: ["é"])
    var header = StreamHeader(kind: "series")
    facts.write(into: &header)
    #expect(try WindowFacts(header: header) == facts && header.kind == "windows")
    for step: TimeStep? in [nil, .seconds(60), .months(3), .monthEnds(1)] {
      TimeFacts(column: "t", step: step).write(into: &header)
      #expect(try TimeFacts(header: header) == TimeFacts(column: "t", step: step))
    }
    header.metadata["rnn.window"] = "{\"length\":0,\"horizon\":1,\"inputs\":[\"a\"],\"targets\":[\"a\"]}"
    #expect(complaint { _ = try WindowFacts(header: header) }.contains("rnn.window"))
  }

  @Test func theWindowBehindTheLastRow() throws {
    let facts = try WindowFacts(length: 3, horizon: 2, rate: 2, inputs: ["a"], targets: ["a"])
    let series = try makeSeries(["a"], (0..<9).map(Double.init), times: (0..<9).map { $0 * 60 })
    var future = try FutureWindow(facts, series: series.facts, scaler: .identity(["a"]))
    try series.forEach { try future.push($0) }
    let chunk = try future.chunk(step: .seconds(60))
    #expect(chunk.columns["x"]?.tensor == Tensor([4, 6, 8] as [Float], shape: [1, 3, 1]))
    #expect(chunk.columns["time"]?.tensor == Tensor([600, 720] as [Int64], shape: [1, 2]))
  }

  @Test func spoolsToAFile() throws {
    let values = (0..<9000).map(Double.init)
    for (times, parts) in [(nil, nil), ((0..<4500).map(Int64.init), (0..<4500).map { UInt8($0 % 3) })]
      as [([Int64]?, [UInt8]?)]
    {
      let spool = SeriesSpool(facts: SeriesFacts(columns: ["a", "b"]), memoryBytes: 50_000)
      try makeSeries(["a", "b"], values, times: times, parts: parts, step: 700).forEach {
        try spool.append($0)
      }
      for _ in 0..<2 {
        var all = SeriesRows(width: 2, hasTimes: times != nil, hasParts: parts != nil)
        try spool.forEach { rows in
          all.values += rows.values
          all.times?.append(contentsOf: rows.times ?? [])
          all.parts?.append(contentsOf: rows.parts ?? [])
        }
        #expect(all.values == values && all.times == times && all.parts == parts)
      }
    }
  }
}
