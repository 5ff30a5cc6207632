// Splits: the same counts as in scikit-learn, uniform and reproducible assignments, proportional classes.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesPartitionTests {
  private func parts(_ partition: Partition, rows: Int, seed: UInt64 = 1) throws -> [UInt8?] {
    var assigner = PartAssigner(partition, counts: try partition.counts(rows: rows), seed: seed)
    return (0..<rows).map { _ in assigner.next() }
  }

  @Test(arguments: [
    (1000, 0.2, 800, 200), (144, 0.2, 115, 29), (10, 0.25, 7, 3), (5, 0.1, 4, 1), (3, 0.5, 1, 2),
  ])
  func countsAsTrainTestSplit(_ rows: Int, _ share: Double, _ train: Int, _ test: Int) throws {
    #expect(
      try Partition.random(test: .fraction(share), validation: nil).counts(rows: rows) == [train, 0, test])
  }

  @Test func randomSplitsHaveExactCounts() throws {
    let split = Partition.random(test: .fraction(0.2), validation: .count(100))
    for seed in 0..<20 as Range<UInt64> {
      let parts = try parts(split, rows: 1003, seed: seed)
      #expect([0, 1, 2].map { part in parts.count { $0 == part } } == [702, 100, 201])
    }
    #expect(try parts(split, rows: 1003) == parts(split, rows: 1003))
    #expect(try parts(split, rows: 1003) != parts(split, rows: 1003, seed: 2))
  }

  @Test func everyRowHasTheSameProbability() throws {
    var tests = [Int](repeating: 0, count: 20)
    for seed in 0..<2000 as Range<UInt64> {
      for (row, part) in try parts(.random(test: .fraction(0.3), validation: nil), rows: 20, seed: seed)
        .enumerated()
      {
        if part == 2 { tests[row] += 1 }
      }
    }
    // 2,000 draws with probability 0.3: the standard deviation is 20.5.
    #expect(tests.allSatisfy { abs($0 - 600) < 90 })
  }

  @Test func chronologicalSplits() throws {
    let counts = try Partition.chronological([.count(8640), .count(2880), .count(2880)]).counts(rows: 17_420)
    #expect(counts == [8640, 2880, 2880])
    let parts = try parts(.chronological([.count(2), .count(1), .count(1)]), rows: 6)
    #expect(parts == [0, 0, 1, 2, nil, nil])
    let shares: [PartSize] = [.fraction(0.7), .fraction(0.1), .fraction(0.2)]
    #expect(try Partition.chronological(shares).counts(rows: 1000) == [700, 100, 200])
    #expect(try Partition.chronological(shares).counts(rows: 7).reduce(0, +) == 7)
    #expect(try Partition.chronological([.fraction(0.8), .fraction(0.2)]).counts(rows: 10) == [8, 0, 2])
  }

  @Test func stratifiedSplits() throws {
    var classes = Stratifier()
    let labels = (0..<5000).map { Double($0 % 10 < 7 ? 1 : $0 % 100 == 9 ? 2 : 0) }
    for label in labels { try classes.add(label) }
    let counts = try Partition.stratified(test: .fraction(0.2), validation: .fraction(0.1)).counts(rows: 5000)
    let shares = try classes.shares(counts: counts)
    #expect(shares == [[2450, 350, 700], [1015, 145, 290], [35, 5, 10]])
    var assigner = PartAssigner(shares: shares, seed: 3)
    let parts = labels.map { assigner.next(label: classes.index(of: $0)) }
    #expect([0, 1, 2].map { part in parts.count { $0 == part } } == [3500, 500, 1000])
    #expect(zip(labels, parts).count { $0 == 2 && $1 == 2 } == 10)
  }

  /// scikit-learn's own arithmetic: 4,000 of 2,431 + 2,569 are 1944.8 + 2055.2, so 1945 + 2055.
  @Test func largestRemainderRoundsUp() throws {
    var classes = Stratifier()
    for row in 0..<5000 { try classes.add(row < 2431 ? 0 : 1) }
    #expect(try classes.shares(counts: [4000, 0, 1000]) == [[1945, 0, 486], [2055, 0, 514]])
  }

  @Test func impossibleSplits() {
    func error(_ partition: Partition, _ rows: Int) -> String {
      errorMessage { _ = try partition.counts(rows: rows) }
    }
    #expect(error(.random(test: .fraction(0.2), validation: nil), 0).contains("no rows out of 0 are left"))
    #expect(
      error(.random(test: .fraction(0.2), validation: nil), 1).contains(
        "no rows out of 1 are left for the training part"))
    #expect(error(.random(test: .count(.max), validation: .count(.max)), 9).contains("training"))
    #expect(error(.random(test: .count(0), validation: nil), 9).contains("test part"))
    #expect(
      error(.chronological([.count(5), .count(.max), .count(.max)]), 9).contains(
        "more than the 9 available rows"))
    #expect(
      errorMessage {
        var classes = Stratifier()
        for label in [0.0, 0, 1] { try classes.add(label) }
        _ = try classes.shares(counts: [2, 0, 1])
      }.contains("class 1 has only one row"))
  }

  @Test func sizesAsText() {
    #expect(
      PartSize("2880") == .count(2880) && PartSize("0.2") == .fraction(0.2)
        && PartSize("20%") == .fraction(0.2))
    for text in ["", "-1", "1.5", "nan", "x", "-0.1", "120%"] { #expect(PartSize(text) == nil, "\(text)") }
  }

  @Test func columnsAndMetadata() throws {
    let texts = Ragged(values: Tensor(Array("abcdef".utf8)), lengths: [1, 2, 3])
    let chunk = Chunk(["text": .ragged(texts), "y": .dense(Tensor([5, 6, 7] as [Int32]))], rows: 3)
    let split = chunk.split(into: [0, 2])
    #expect(
      split.columns["text"]?.ragged?.lengths == [1, 2] && split.columns["y"]?.tensor?.integers == [5, 6])
    #expect(try split.parts() == [0, 2] && split.labels() == [5, 6])
    var header = StreamHeader(kind: "text")
    for seed: UInt64? in [nil, 42, .max] {
      let metadata = SplitMetadata(method: "random", parts: [8, 0, 2], seed: seed)
      metadata.write(into: &header)
      #expect(try SplitMetadata(header: header) == metadata)
    }
  }
}
