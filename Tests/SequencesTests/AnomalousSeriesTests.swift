// The synthetic meter: rows don't depend on their number, and anomalies are what their labels say.

import Sequences
import Testing

@Suite struct AnomalousSeriesTests {
  private func rows(_ count: Int, blocks: [Int], clean: Int = 50, noise: Double = 0.1) -> [[Double]] {
    var series = AnomalousSeries(rows: count, clean: clean, noise: noise, seed: 3)
    return blocks.flatMap { block in
      let values = series.block(block).columns["x"]?.tensor?.doubles ?? []
      return stride(from: 0, to: values.count, by: 3).map { Array(values[$0..<$0 + 3]) }
    }
  }

  @Test func rowsDoNotDependOnTheirNumber() {
    #expect(rows(400, blocks: [1, 99, 300]) == Array(rows(3000, blocks: [3000]).prefix(400)))
  }

  @Test func theBeginningIsClean() {
    #expect(rows(500, blocks: [500], clean: 500).allSatisfy { $0[1] == 0 && $0[2] == 0 })
    #expect(rows(51, blocks: [51])[50][1] == 1)
  }

  /// Without noise, values are those of the formula except at anomalies, of which there are all kinds.
  @Test func labelsAreRight() {
    let rows = rows(20_000, blocks: [20_000], noise: 0)
    let clean = self.rows(20_000, blocks: [20_000], clean: 20_000, noise: 0)
    #expect(Set(rows.map { $0[2] }) == [0, 1, 2, 3, 4])
    #expect(rows.allSatisfy { ($0[1] == 1) == ($0[2] != 0) })
    #expect(zip(rows, clean).allSatisfy { $0[1] == 1 || $0[0] == $1[0] })
    for kind in 1...4 {
      let moved = zip(rows, clean).filter { $0[2] == Double(kind) && abs($0[0] - $1[0]) > 0.05 }.count
      let all = rows.filter { $0[2] == Double(kind) }.count
      #expect(moved * 10 > all * 8, "kind \(kind): \(moved) of \(all)")
    }
  }
}
