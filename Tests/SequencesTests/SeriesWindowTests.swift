// Windows: their positions compared with Keras, their parts, gaps, missing values, and the future window.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesWindowTests {
  @Test func cutsWhereKerasCuts() throws {
    for fields in try seriesCases("windows") {
      let numbers = fields[0].split(separator: " ").compactMap { Int($0) }
      let layout = try WindowLayout(
        length: numbers[1], horizon: numbers[2], stride: numbers[3], rate: numbers[4], ahead: numbers[5],
        inputs: ["a"], targets: ["a"])
      let series = try makeSeries(["a"], (0..<numbers[0]).map(Double.init))
      let chunk = try cut(series, layout).chunk
      #expect(chunk.rows == layout.count(rows: numbers[0]))
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

  private func layout(_ length: Int, _ horizon: Int, inputs: [String] = ["a"], targets: [String] = ["a"])
    throws
    -> WindowLayout
  {
    try WindowLayout(length: length, horizon: horizon, inputs: inputs, targets: targets)
  }

  @Test func severalColumns() throws {
    let series = try makeSeries(["a", "b", "c"], (0..<15).map(Double.init), times: [0, 60, 120, 180, 240])
    let chunk = try cut(series, try layout(2, 2, inputs: ["c", "a"], targets: ["b", "c"])).chunk
    #expect(chunk.columns["x"]?.tensor == Tensor([2, 0, 5, 3, 5, 3, 8, 6] as [Float], shape: [2, 2, 2]))
    #expect(chunk.columns["y"]?.tensor == Tensor([7, 8, 10, 11, 10, 11, 13, 14] as [Float], shape: [2, 4]))
    #expect(chunk.columns["time"]?.tensor == Tensor([120, 180, 180, 240] as [Int64], shape: [2, 2]))
    #expect(chunk.columns["split"] == nil)
  }

  @Test func windowsBelongToThePartOfTheirTargets() throws {
    let parts: [UInt8] = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2]
    let series = try makeSeries(["a"], (0..<10).map(Double.init), parts: parts)
    let (chunk, windower, scan) = try cut(series, try layout(3, 2), scale: .minmax)
    // Targets 3-4 train, 4-5 straddle, 5-6 and 6-7 validation, 7-8 straddle, 8-9 test.
    #expect(chunk.columns["split"]?.tensor?.values(as: UInt8.self) == [0, 1, 1, 2])
    #expect(windower.counts == [1, 2, 1] && windower.straddling == 2)
    #expect(scan.scaler.basis == .train && scan.scaler.offset == [0] && scan.scaler.factor == [0.25])
    #expect(chunk.columns["y"]?.tensor?.floats == [0.75, 1, 1.25, 1.5, 1.5, 1.75, 2, 2.25])
  }

  @Test func aStrideBeyondTheBuffer() throws {
    let layout = try WindowLayout(length: 2, stride: 11, inputs: ["a"], targets: ["a"])
    let series = try makeSeries(["a"], (0..<40).map(Double.init))
    #expect(rows(try cut(series, layout).chunk) == ["0 1 > 2", "11 12 > 13", "22 23 > 24", "33 34 > 35"])
  }

  @Test func aSeriesThatIsTooShort() throws {
    #expect(
      errorMessage { try layout(50, 1).check(rows: 50) }
        == "a window and its targets span 51 rows; the series has 50 (use a shorter --length or --horizon)")
    try layout(49, 1).check(rows: 50)
    #expect(errorMessage { _ = try layout(0, 1) }.hasPrefix("--length: 0 is not between"))
  }

  @Test func gaps() throws {
    let times: [Int64] = [0, 60, 120, 180, 300, 360, 420, 480]
    let series = try makeSeries(["a"], (0..<8).map(Double.init), times: times)
    let error = errorMessage { _ = try cut(series, try layout(2, 1)) }
    #expect(
      error.hasPrefix(
        "row 5 (1970-01-01 00:05:00): 2 minutes after 1970-01-01 00:03:00, but the step is 1 minute"))
    let dropped = try cut(series, try layout(2, 1), gaps: .drop)
    #expect(
      rows(dropped.chunk) == ["0 1 > 2", "1 2 > 3", "4 5 > 6", "5 6 > 7"]
        && dropped.windower.spanningGaps == 2)
    #expect(dropped.scan.step == .seconds(60))
    let ignored = try cut(series, try layout(2, 1), gaps: .ignore)
    #expect(ignored.chunk.rows == 6 && ignored.scan.step == nil)
  }

  @Test func invalidTimes() throws {
    let twice = try makeSeries(["a"], [1, 2, 3], times: [0, 60, 60])
    #expect(
      errorMessage { _ = try cut(twice, try layout(1, 1), gaps: .ignore) }.contains(
        "row 3 (1970-01-01 00:01:00): the time repeats"))
    let back = try makeSeries(["a"], [1, 2, 3], times: [0, 60, 30])
    #expect(
      errorMessage { _ = try cut(back, try layout(1, 1)) }.contains(
        "row 3 (1970-01-01 00:00:30): the time goes backwards"))
  }

  @Test func missingValues() throws {
    let series = try makeSeries(["a", "b"], [1, 2, 3, .nan, 5, 6], times: [0, 60, 120])
    let both = try layout(1, 1, inputs: ["a"], targets: ["b"])
    #expect(
      errorMessage { _ = try cut(series, both) }.hasPrefix(
        "row 2 (1970-01-01 00:01:00), column b: the value is missing"))
    #expect(try cut(series, try layout(1, 1)).chunk.rows == 2)
    let huge = try makeSeries(["a"], [1, 1e300, 3])
    #expect(errorMessage { _ = try cut(huge, try layout(1, 1)) }.contains("row 2, column a"))
  }

  @Test func layoutsAreStoredInTheHeader() throws {
    let layout = try WindowLayout(
      length: 9, horizon: 2, stride: 3, rate: 4, ahead: 5, inputs: ["x, y"], targets: ["é"])
    var header = StreamHeader(kind: "series")
    layout.write(into: &header)
    #expect(try WindowLayout(header: header) == layout && header.kind == "windows")
    for step: TimeStep? in [nil, .seconds(60), .months(3), .monthEnds(1)] {
      TimeColumn(column: "t", step: step).write(into: &header)
      #expect(try TimeColumn(header: header) == TimeColumn(column: "t", step: step))
    }
    header.metadata["rnn.window"] = "{\"length\":0,\"horizon\":1,\"inputs\":[\"a\"],\"targets\":[\"a\"]}"
    #expect(errorMessage { _ = try WindowLayout(header: header) }.contains("rnn.window"))
  }

  @Test func theWindowAfterTheLastRow() throws {
    let layout = try WindowLayout(length: 3, horizon: 2, rate: 2, inputs: ["a"], targets: ["a"])
    let series = try makeSeries(["a"], (0..<9).map(Double.init), times: (0..<9).map { $0 * 60 })
    var future = try FutureWindow(layout, series: series.schema, scaler: .identity(["a"]))
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
      let spool = RereadableSeries(schema: SeriesSchema(columns: ["a", "b"]), memoryBytes: 50_000)
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
