// The tokenizer, which reads text eight bytes at a time and only once, compared with a simple implementation.

import Failures
import RandomNumbers
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Tokens compared with a simple implementation")
struct TextCountingTests {
  /// Words of 1 to 40 bytes, with NUL, capitals and non-ASCII letters, separated by one or more separators.
  private func rows(_ count: Int, seed: UInt64) -> [[UInt8]] {
    var random = RandomStream(seed: seed)
    let letters = ["a", "B", "'", "\0", "z", "é", "\u{130}", "日"].map { Array($0.utf8) }
    let words = (0..<400).map { index in
      (0..<1 + index % 40).flatMap { _ in
        letters[random.index(below: index % 3 == 0 ? letters.count : 5)]
      }
    }
    return (0..<count).map { row in
      (0..<random.index(below: row % 50 == 0 ? 900 : 30)).flatMap { _ in
        words[random.index(below: 1 + random.index(below: words.count))]
          + [UInt8](repeating: random.index(below: 2) == 0 ? 0x20 : 0x2E, count: 1 + random.index(below: 9))
      }
    }
  }

  /// The words of a row, by Swift's own strings.
  private func words(_ row: [UInt8]) -> [String] {
    String(decoding: row, as: UTF8.self).lowercased().unicodeScalars
      .split { $0 == " " || TokenRules.kerasFilters.unicodeScalars.contains($0) }.map { String($0) }
  }

  /// All words of the counted rows, the most frequent first; in case of a tie, the one that occurred first.
  private func order(_ rows: [[String]]) -> [String] {
    var counts: [[UInt8]: (count: Int, first: Int)] = [:]
    for (position, word) in rows.joined().enumerated() {
      counts[Array(word.utf8), default: (0, position)].count += 1
    }
    return counts.sorted { ($1.value.count, $0.value.first) < ($0.value.count, $1.value.first) }
      .map { String(decoding: $0.key, as: UTF8.self) }
  }

  /// The rows in chunks with parts: a third of the rows isn't for training.
  private func chunks(_ rows: [[UInt8]], of size: Int = 83) -> [Chunk] {
    stride(from: 0, to: rows.count, by: size).map { start in
      let rows = Array(rows[start..<min(start + size, rows.count)])
      let parts = rows.indices.map { UInt8((start + $0) % 3 == 0 ? 1 : 0) }
      return Chunk(
        ["text": .ragged(textColumn(rows)), "split": .dense(Tensor(parts))], rows: rows.count)
    }
  }

  @Test("words, their order and their ids match a simple implementation", arguments: [1, 2, 5])
  func simpleImplementation(threads: Int) throws {
    let rows = rows(700, seed: 11)
    let chunks = chunks(rows)
    let read = rows.map(words)
    let counted = order(read.indices.filter { $0 % 3 != 0 }.map { read[$0] })
    for (rules, limit) in [
      (TokenRules(), nil), (TokenRules(), 90), (TokenRules(kerasIDs: true), 50),
      (TokenRules(start: false), 2000),
    ] {
      var builder = VocabularyBuilder(rules: rules, threads: threads)
      let provisional = try chunks.flatMap { try builder.add($0) }
      let (vocabulary, idMap) = try builder.fit(limit: limit)
      let kept = counted.prefix(limit.map { $0 - rules.firstID } ?? .max)
      #expect(tokens(of: vocabulary).map { Array($0.utf8) } == kept.map { Array($0.utf8) })

      let expected = read.map { row in
        (rules.startID.map { [$0] } ?? []) + row.compactMap { vocabulary.id(of: $0) ?? rules.unknownID }
      }
      let assigned = try #require(Chunk.joined(try provisional.map { try idMap.assignIDs(in: $0) }))
      #expect(try sequenceRows(#require(assigned.columns["x"]?.ragged)) == expected)
      #expect(try sequenceRows(vocabulary.tokenize(textColumn(rows), threads: threads)) == expected)
      #expect(assigned.columns["text"] == nil && assigned.columns["split"]?.rows == rows.count)
    }
  }

  @Test(
    "counts on disk give the same vocabulary and the same ids",
    arguments: [1, 3], [1, 1 << 14])
  func spilledCounts(threads: Int, memoryBytes: Int) throws {
    let chunks = chunks(rows(700, seed: 12), of: 13)
    for (rules, limit, minimum) in [
      (TokenRules(), nil, 1), (TokenRules(), 90, 1), (TokenRules(kerasIDs: true), 50, 2),
      (TokenRules(mode: .char), 20, 1),
    ] {
      var (usual, spilled) = (
        VocabularyBuilder(rules: rules),
        VocabularyBuilder(rules: rules, threads: threads, memoryBytes: memoryBytes)
      )
      for chunk in chunks { try usual.add(chunk) }
      let counted = try chunks.flatMap { try spilled.add($0) }
      let expected = try usual.fit(limit: limit, minimum: minimum).vocabulary
      let (vocabulary, idMap) = try spilled.fit(limit: limit, minimum: minimum)
      #expect(tokens(of: vocabulary) == tokens(of: expected))

      let ids = try counted.map { chunk in
        chunk.columns["text"] == nil ? try idMap.assignIDs(in: chunk) : try vocabulary.tokenize(chunk)
      }
      let all = try #require(Chunk.joined(ids)?.columns["x"]?.ragged)
      let same = try #require(Chunk.joined(chunks.map { try expected.tokenize($0) })?.columns["x"]?.ragged)
      #expect(try sequenceRows(all) == sequenceRows(same))
      #expect(counted.contains { $0.columns["text"] != nil } == (memoryBytes == 1 || rules.mode == .word))
    }
    var none = VocabularyBuilder(rules: TokenRules(), memoryBytes: 1)
    for _ in 0..<2 { try none.add(Chunk(["text": .ragged(textColumn([Array("..".utf8)]))], rows: 1)) }
    let failure = #expect(throws: Failure.self) { try none.fit() }
    #expect(failure?.problem == "there are no tokens in 2 rows")
  }

  @Test("a word may be as long as its row", arguments: 1...70)
  func longWords(length: Int) throws {
    let word = String(repeating: "abcdefghijk", count: 7).prefix(length)
    let vocabulary = try makeVocabulary(["\(word)", " \(word)", "\(word) \(word)x", "x\(word)"])
    #expect(tokens(of: vocabulary) == ["\(word)", "\(word)x", "x\(word)"])
    #expect(try vocabulary.tokenize(Array("\(word)x x\(word)  \(word)".utf8)) == [1, 4, 5, 3])
  }
}
