// Word vectors in GloVe's and word2vec's text formats, and files that only look like them.

import ByteStreams
import Failures
import Sequences
import Testing

@Suite("Word vectors")
struct WordVectorTests {
  private let ids: [String: Int32] = ["the": 3, "good": 4, ". .": 5]

  private func read(_ text: String, width: Int = 2, block: Int = 7) throws -> [Int32: [Float]] {
    let source = PeekedSource(ByteFeed(text, block: block))
    return try WordVectors(source, named: "v.txt", width: width, id: { ids[$0] }, advice: { "width \($0)" })
      .vectors
  }

  @Test("lines of a word and its numbers, with or without the counts before", arguments: ["", "3 2\n"])
  func vectors(header: String) throws {
    let found = try read(header + "the 0.5 -1e-1\nfilm 1 2\r\n. . 3 4\nthe 9 9\ngood\t7 8")
    #expect(found == [3: [0.5, -0.1], 4: [7, 8], 5: [3, 4]])
  }

  @Test("what is no vector of this width is an error that names the line")
  func errors() throws {
    for (text, message) in [
      ("the 1 2 3\n", "v.txt: line 1: the vector has 3 numbers, but the embedding has a width of 2"),
      ("the 1 2\ngood 1\n", "v.txt: line 2: the vector has 1 number,"),
      ("the 1 2\ngood x 1\n", "v.txt: line 2: \"x\" is not a number"),
      ("the 1 2\ngood nan 1\n", "v.txt: line 2: \"nan\" is not a number"),
    ] {
      let error = #expect(throws: Failure.self) { try read(text) }
      #expect(error?.description.hasPrefix(message) == true)
    }
  }

  @Test("files of vectors are recognized, lists of words are not")
  func recognition() {
    for text in ["the 0.1 0.2\n", "2 50\nthe 0.1 0.2\n", "a 1 x 3", ", 1 2 3\n"] {
      #expect(WordVectors.begin(Array(text.utf8)))
    }
    for text in ["the\nfilm\n", "3\n4\n", "the film 3\n", "", "{\"a\": 1}", "1 2\n", "two words\n"] {
      #expect(!WordVectors.begin(Array(text.utf8)))
    }
  }
}
