// Sentences to be tagged, from any kind of file: CoNLL-U, CoNLL columns, or plain text with a sentence in each line.

import ByteStreams
import Failures
import JSON
import TensorFile

/// A sentence to be tagged.
public struct InputSentence: Sendable {
  /// Its words.
  public let words: [String]
  /// Its tags in the file; nil if it has none.
  public let tags: [String]?
  /// The number of its first line in the file.
  public let line: Int
  /// The sentence as it is written with tags; nil for plain text.
  let tagged: TaggedSentence?
  /// The words of plain text.
  let split: [WordSplitter.Word]
}

/// Reads sentences.
public struct SentenceSource {
  private enum Kind {
    case tagged(TaggedReader)
    case lines(LineReader)
  }

  private var kind: Kind
  /// The form of the file; nil for plain text.
  public let form: TaggedForm?

  /// - Parameters:
  ///   - name: the name of the source in messages.
  ///   - form: the form of the file; nil for plain text.
  public init(_ source: PeekedSource, named name: String, _ form: TaggedForm?) {
    self.form = form
    var lines = LineReader(source, named: name)
    lines.longestLine = TaggedReader.longestLine
    kind = form.map { .tagged(TaggedReader(source, named: name, $0)) } ?? .lines(lines)
  }

  /// The next sentence, which may have no words; nil after the last.
  /// - Throws: `Failure` (data) that names the line.
  public mutating func next() throws -> InputSentence? {
    switch kind {
    case .tagged(var reader):
      defer { kind = .tagged(reader) }
      guard let sentence = try reader.nextSentence() else { return nil }
      let tags = sentence.words.compactMap(\.tag)
      return InputSentence(
        words: sentence.words.map(\.form), tags: tags.count == sentence.words.count ? tags : nil,
        line: sentence.firstLine, tagged: sentence, split: [])
    case .lines(var reader):
      defer { kind = .lines(reader) }
      guard let line = try reader.nextRow() else { return nil }
      let words = WordSplitter.words(String(decoding: line, as: UTF8.self))
      return InputSentence(
        words: words.map(\.form), tags: nil, line: reader.number, tagged: nil, split: words)
    }
  }
}

extension InputSentence {
  /// The sentence with `tags`, in the form of its file.
  /// - Parameter tags: a tag for each word.
  public func inItsForm(_ tags: [String]) -> [UInt8] {
    tagged?.text(taggedWith: tags) ?? Array(columns(tags).utf8)
  }

  /// A line with word and tag for each word, and an empty line after the sentence.
  public func columns(_ tags: [String]) -> String {
    zip(words, tags).reduce(into: "") { $0 += "\($1.0)\t\($1.1)\n" } + "\n"
  }

  /// The sentence as CoNLL-U.
  /// - Parameters:
  ///   - tags: a tag for each word.
  ///   - form: where the tags are; those of CoNLL columns are in the column MISC.
  public func conllu(_ tags: [String], _ form: TaggedForm) -> [UInt8] {
    if let tagged, tagged.isConllu { return tagged.text(taggedWith: tags) }
    guard !words.isEmpty else { return [] }
    let place = form.isConllu ? form.tag ?? 3 : 9
    var text = split.isEmpty ? "" : "# text = \(plainText)\n"
    for (index, word) in words.enumerated() {
      var fields = [String](repeating: "_", count: TaggedForm.conlluColumns)
      (fields[0], fields[1]) = ("\(index + 1)", word)
      if !split.isEmpty, !split[index].hasSpaceAfter, index < words.count - 1 { fields[9] = "SpaceAfter=No" }
      let tag = form.isConllu ? tags[index] : "Tag=\(tags[index])"
      fields[place] = place == 9 && fields[9] != "_" ? "\(fields[9])|\(tag)" : tag
      text += fields.joined(separator: "\t") + "\n"
    }
    return Array("\(text)\n".utf8)
  }

  /// A line `sentence,word,tag` for each word.
  /// - Parameter number: the number of the sentence, from 1.
  public func csvLines(_ tags: [String], number: Int) -> [String] {
    zip(words, tags).map { "\(number),\(csvField($0)),\(csvField($1))\n" }
  }

  /// A line of JSON: `{"tags":["DET"],"words":["the"]}`.
  public func json(_ tags: [String]) -> String {
    JSONValue.object(["words": .strings(words), "tags": .strings(tags)]).text + "\n"
  }

  private var plainText: String {
    split.enumerated().reduce(into: "") { text, word in
      text += word.element.form
      if word.element.hasSpaceAfter, word.offset < split.count - 1 { text += " " }
    }
  }
}

extension TaggedSentence {
  /// Whether it was read from CoNLL-U.
  var isConllu: Bool {
    words.first.map {
      TaggedReader.fields(lines[$0.line][...], isConllu: true).count == TaggedForm.conlluColumns
    }
      ?? true
  }
}
