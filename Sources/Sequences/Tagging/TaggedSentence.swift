// A sentence of a file of tagged words: its lines as they are, and where its words and tags are.

/// A sentence.
public struct TaggedSentence: Sendable {
  /// A word.
  public struct Word: Sendable {
    /// The word as it is written.
    public let form: String
    /// The tag; nil if the line has none.
    public let tag: String?
    /// The index of its line in the sentence.
    let line: Int
    /// The tag in the line; nil if it has none.
    let place: Range<Int>?
  }

  /// The words, without multiword tokens and empty nodes.
  public internal(set) var words: [Word] = []
  /// The lines, comments included, without those that are empty after it.
  var lines: [[UInt8]] = []
  /// The number of empty lines after it.
  var emptyLines = 0
  /// The number of its first line in the file.
  public internal(set) var firstLine = 1

  /// No words yet.
  init() {}

  /// The line of a word in the file.
  public func line(of word: Word) -> Int { firstLine + word.line }

  /// The forms separated by spaces; a space within a word becomes a no-break space, so that it stays one word.
  public var text: String { Self.text(words.lazy.map(\.form)) }

  /// Words separated by spaces, as a vocabulary of words reads them.
  public static func text(_ words: some Sequence<String>) -> String {
    words.map { $0.utf8.contains(UInt8(ascii: " ")) ? $0.replacing(" ", with: "\u{A0}") : $0 }
      .joined(separator: " ")
  }

  /// The sentence as lines of the file, with `tags` in place of those that it has.
  /// - Parameter tags: a tag for each word.
  public func text(taggedWith tags: [String]) -> [UInt8] {
    var lines = lines
    for (word, tag) in zip(words, tags) {
      guard let place = word.place else {
        lines[word.line] += [UInt8(ascii: "\t")] + Array(tag.utf8)
        continue
      }
      lines[word.line].replaceSubrange(place, with: Array(tag.utf8))
    }
    return lines.reduce(into: [UInt8]()) { $0 += $1 + [UInt8(ascii: "\n")] }
      + [UInt8](repeating: UInt8(ascii: "\n"), count: emptyLines)
  }
}
