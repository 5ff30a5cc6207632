// Columns as JSON: what a page unfolds.

import JSON
import RunPages
import Testing

@Suite struct ColumnTests {
  private func texts(_ values: [String?]) -> JSONValue {
    var column = TextColumn()
    for (row, value) in values.enumerated() { column.set(row, value) }
    return column.json(rows: values.count)
  }

  private func numbers(_ values: [Double?]) -> JSONValue {
    var column = NumberColumn()
    for (row, value) in values.enumerated() { column.set(row, value) }
    return column.json(rows: values.count)
  }

  @Test("texts that all differ need no index") func distinct() {
    #expect(texts(["a", "b"]) == ["values": ["a", "b"]])
  }

  @Test("repeated texts are numbers") func repeated() {
    #expect(texts(["a", "b", "a", nil]) == ["values": ["a", "b"], "index": [0, 1, 0, -1]])
    #expect(texts(["a", "a"]) == ["values": ["a"], "index": [0, 0]])
  }

  @Test("rows of a rare column are distances") func sparse() {
    #expect(
      texts([nil, "a", nil, nil, nil, "b", nil]) == [
        "values": ["a", "b"], "rows": [1, 4], "index": [0, 1],
      ])
    #expect(numbers([nil, nil, 1, nil, nil]) == ["numbers": [1.0], "rows": [2]])
  }

  @Test("numbers that JSON lacks") func special() {
    #expect(
      numbers([1.5, nil, .infinity, -.infinity]) == ["numbers": [1.5, nil, "Infinity", "-Infinity"]])
    #expect(numbers([.nan, 1]).text == #"{"numbers":[null,1.0]}"#)
  }

  @Test("no rows") func empty() {
    #expect(texts([]) == ["values": []])
    #expect(numbers([]) == ["numbers": []])
  }

  @Test("long curves keep their peaks, and say how many values they had") func curves() {
    let points = (0..<5000).map { MetricSample(step: $0, value: $0 == 1234 ? 99 : Double($0 % 7)).point }
    let curve = Curves(points, atMost: 100).json.first
    #expect(curve?["of"] == 5000)
    #expect((curve?["values"]?.array?.count ?? 0) <= 100)
    #expect(curve?["values"]?.array?.contains(99.0) == true)
    #expect(Curves(Array(points.prefix(50)), atMost: 100).json.first?["of"] == nil)
  }
}
