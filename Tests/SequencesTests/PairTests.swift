// Pairs of texts: reading, vocabularies of both sides, and synthetic ones.

import ByteStreams
import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Pairs")
struct PairTests {
  private func read(_ text: String, needsTarget: Bool = true) throws -> Chunk {
    var reader = PairReader(MemorySource(Array(text.utf8)), named: "p", needsTarget: needsTarget)
    return try #require(try reader.next())
  }

  @Test("targets are shifted by one step") func ids() throws {
    let chunk = try read("a b\tx y\nb\ty\n")
    var builder = PairVocabularyBuilder(PairVocabularyOptions(rules: TokenRules(mode: .punct)), threads: 1)
    try builder.add(chunk)
    let vocabularies = try builder.fit()
    #expect(
      tokens(of: vocabularies.source) == [" b", " a"] && tokens(of: vocabularies.target) == [" y", " x"])
    let columns = try vocabularies.tokenize(chunk).columns
    #expect(try sequenceRows(try #require(columns["source"]?.ragged)) == [[5, 4, 3], [4, 3]])
    #expect(try sequenceRows(try #require(columns["target"]?.ragged)) == [[1, 5, 4], [1, 4]])
    #expect(try sequenceRows(try #require(columns["y"]?.ragged)) == [[5, 4, 3], [4, 3]])
    var header = StreamHeader(kind: "sequences")
    vocabularies.write(into: &header)
    #expect(try PairVocabularies(header: header) == vocabularies)
  }

  @Test("one vocabulary for both sides") func shared() throws {
    var options = PairVocabularyOptions(rules: TokenRules(mode: .char))
    options.isShared = true
    var builder = PairVocabularyBuilder(options, threads: 2)
    try builder.add(try read("ab\tbc\n"))
    let vocabularies = try builder.fit()
    #expect(tokens(of: vocabularies.source) == ["b", "a", "c"])
    #expect(tokens(of: vocabularies.target) == tokens(of: vocabularies.source))
  }

  @Test(arguments: [
    ("a\tb\nc\n", "line 2 has no tab"), ("a\tb\tc\n", "line 1 has 2 tabs instead of one"),
    ("\tb\n", "line 1 has no source"), ("a\t\n", "line 1 has no target"), ("a\tb\n\n", "line 2 has no tab"),
  ]) func linesThatAreNotPairs(_ text: String, _ problem: String) throws {
    let failure = #expect(throws: Failure.self) { try read(text) }
    #expect(failure?.problem == problem)
  }

  @Test("sources alone, where targets are not needed") func sources() throws {
    #expect(try read("a\nb c\n", needsTarget: false).columns.keys.sorted() == ["source"])
    #expect(try read("a\tb\n", needsTarget: false).columns.keys.sorted() == ["source", "target"])
    #expect(throws: Failure.self) { try read("a\tb\nc\n", needsTarget: false) }
  }

  @Test("dates have one meaning, and no source occurs twice") func dates() throws {
    var dates = DatePairs(rows: 20_000, seed: 5)
    var seen: Set<String> = []
    for _ in 0..<20_000 {
      let pair = dates.pair()
      #expect(seen.insert(pair.source.lowercased()).inserted)
      #expect(pair.target.wholeMatch(of: /(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])/) != nil)
    }
    var first = DatePairs(rows: 1, seed: 5)
    var same = DatePairs(rows: 9, seed: 5)
    #expect(first.pair().source == same.pair().source)
  }

  @Test("sums are right, and occur once") func sums() throws {
    var sums = AdditionPairs(rows: 3000, digits: 2, seed: 1)
    var seen: Set<[Int]> = []
    for _ in 0..<2000 {
      let pair = sums.pair()
      let numbers = pair.source.split(separator: "+").compactMap { Int($0) }
      #expect(numbers.count == 2 && Int(pair.target) == numbers.reduce(0, +))
      #expect(seen.insert(numbers.sorted()).inserted)
    }
  }
}
