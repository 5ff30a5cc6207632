// Words that many messages share: numbers with their nouns, suggestions, and example lines in help.

import Failures
import Spelling
import Stage
import Testing

@Suite struct WordingTests {
  @Test func `one thing is in the singular`() {
    #expect(counted(1, "row") == "1 row")
    #expect(counted(0, "row") == "0 rows")
    #expect(counted(2, "class", "classes") == "2 classes")
    #expect(counted(-1, "step") == "-1 steps")
  }

  @Test(arguments: [
    ("LSTM", "did you mean lstm?"), ("SimpleRNN", "did you mean simple_rnn?"),
    ("simple-rnn", "did you mean simple_rnn?"), ("lsmt", "did you mean lstm?"),
    ("dense", "one of lstm, simple_rnn"),
  ])
  func `a suggestion ignores case and what joins words`(word: String, wanted: String) {
    #expect(suggestion(for: word, among: ["lstm", "simple_rnn"]) == wanted)
  }

  @Test func `long lists of choices are cut`() {
    let text = suggestion(for: "zzz", among: (0..<100).map { "column\($0)" }, listedAs: "the columns are")
    #expect(text.hasPrefix("the columns are column0, column1"))
    #expect(text.hasSuffix("column29, ..."))
  }

  @Test func `short examples stay in one line`() {
    #expect(ExampleLines("rnn-pad x -o y").lines == ["  rnn-pad x -o y"])
  }

  @Test func `long examples break after a pipe`() {
    let example = "rnn-predict model.tensors.zst data.tensors.zst | rnn-convert --column prediction --to csv"
    #expect(
      ExampleLines(example).lines == [
        "  rnn-predict model.tensors.zst data.tensors.zst |",
        "      rnn-convert --column prediction --to csv",
      ])
  }

  @Test func `long commands break before an option`() {
    let example =
      "rnn-download imdb --url file:///data/aclImdb_v1.tar.gz --split test -o 'a | b -c.tensors.zst'"
    #expect(
      ExampleLines(example).lines == [
        "  rnn-download imdb --url file:///data/aclImdb_v1.tar.gz --split test \\",
        "      -o 'a | b -c.tensors.zst'",
      ])
  }
}
