// Several columns of sequences padded together: those with the steps of the main column, and those with lengths of their
// own.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct ColumnPaddingTests {
  private func ragged(_ values: [Int32], _ lengths: [Int32], width: Int? = nil) -> Column {
    let shape = width.map { [values.count / $0, $0] } ?? [values.count]
    return .ragged(Ragged(values: Tensor(values, shape: shape), lengths: lengths))
  }

  @Test("characters of words have the words' steps")
  func characters() throws {
    let chunk = Chunk(
      [
        "x": ragged([5, 6, 7], [1, 2]), "y": ragged([1, 2, 3], [1, 2]),
        "chars": ragged([1, 2, 3, 4, 5, 6], [1, 2], width: 2),
      ], rows: 2)
    var survey = PaddingSurvey()
    try survey.add(chunk)
    #expect(survey.longest == 2 && survey.others.isEmpty)
    var padded: [Chunk] = []
    try SequencePadder(Padding(length: 3), targetValue: -1).pad(chunk) { padded.append($0) }
    let result = try #require(padded.first)
    #expect(result.columns["x"]?.tensor?.integers == [0, 0, 5, 0, 6, 7])
    #expect(result.columns["y"]?.tensor?.integers == [-1, -1, 1, -1, 2, 3])
    #expect(result.columns["chars"]?.tensor?.shape == [2, 3, 2])
    #expect(result.columns["chars"]?.tensor?.integers == [0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 5, 6])
  }

  @Test("columns with other lengths have paddings of their own")
  func others() throws {
    let chunk = Chunk(
      ["source": ragged([5, 6, 7], [1, 2]), "target": ragged([1, 2, 3, 4], [3, 1])], rows: 2)
    var survey = PaddingSurvey()
    try survey.add(chunk)
    #expect(survey.longest == 2 && survey.others == ["target": 3])
    let main = try Padding(length: 2, padding: .post)
    let paddings = PaddingSet(main, others: ["target": try main.with(length: 3)])
    var padded: [Chunk] = []
    try SequencePadder(paddings).pad(chunk) { padded.append($0) }
    #expect(padded.first?.columns["source"]?.tensor?.integers == [5, 0, 6, 7])
    #expect(padded.first?.columns["target"]?.tensor?.integers == [1, 2, 3, 4, 0, 0])
    var header = StreamHeader(kind: "padded")
    paddings.write(into: &header)
    #expect(try PaddingSet(header: header) == paddings)
    #expect(throws: Failure.self) { try SequencePadder(main).pad(chunk) { _ in } }
  }

  @Test("vocabularies by name are stored side by side")
  func vocabularies() throws {
    let words = try Vocabulary(rules: TokenRules(), tokens: [Array("a".utf8)[...]])
    let rules = TokenRules(mode: .char, lower: false, start: false)
    let letters = try Vocabulary(rules: rules, tokens: [Array("A".utf8)[...], Array("b".utf8)[...]])
    var header = StreamHeader(kind: "sequences")
    words.write(into: &header)
    letters.write(into: &header, name: "chars")
    #expect(try Vocabulary(header: header) == words)
    #expect(try Vocabulary(header: header, name: "chars") == letters)
    #expect(try Vocabulary.named(header: header) == ["chars": letters])
    Vocabulary.remove(from: &header)
    #expect(header == StreamHeader(kind: "sequences"))
  }
}
