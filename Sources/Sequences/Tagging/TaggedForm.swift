// How words and tags are written in a file: CoNLL-U (universaldependencies.org/format.html), or columns as in the shared
// tasks of CoNLL, a word in each line and an empty line after each sentence.

import Failures
import JSON
import TensorFile

/// The form of a file of tagged words.
public struct TaggedForm: Sendable, Equatable {
  /// The number of columns of CoNLL-U.
  static let conlluColumns = 10

  /// Whether it is CoNLL-U, with ten columns separated by tabs; otherwise columns are separated by tabs or blanks.
  public let isConllu: Bool
  /// The index of the words' column.
  let word: Int
  /// The index of the tags' column; nil for the last one.
  let tag: Int?
  /// How many columns a line must have; nil for as many as the first one.
  let count: Int?

  private init(isConllu: Bool, word: Int, tag: Int?, count: Int?) {
    (self.isConllu, self.word, self.tag, self.count) = (isConllu, word, tag, count)
  }

  /// Columns without names: the word is the first, the tag the last.
  public static let plainColumns = TaggedForm(isConllu: false, word: 0, tag: nil, count: nil)

  /// CoNLL-U with universal tags.
  public static let conllu = TaggedForm(isConllu: true, word: 1, tag: 3, count: conlluColumns)

  /// CoNLL-U.
  /// - Parameter tags: `upos`, `xpos`, or the number of the tags' column, from 1.
  /// - Throws: `Failure` (usage) if it is none of these.
  public init(conlluTags tags: String) throws(Failure) {
    let known = ["upos": 4, "xpos": 5]
    guard let number = known[tags] ?? Int(tags), (3...Self.conlluColumns).contains(number) else {
      throw Failure.usage(
        "'\(tags)' is not upos, xpos or a column from 3 to \(Self.conlluColumns)", at: "--tags")
    }
    self.init(isConllu: true, word: 1, tag: number - 1, count: Self.conlluColumns)
  }

  /// Columns by name.
  /// - Parameter columns: `word,tag`; other names stand for columns that are not read: `word,-,-,tag`.
  /// - Throws: `Failure` (usage) unless there is one word and at most one tag.
  public init(columns: String) throws(Failure) {
    let names = columns.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.filter { $0 != " " }
    }
    let words = names.indices.filter { names[$0] == "word" }
    let tags = names.indices.filter { names[$0] == "tag" }
    guard words.count == 1, tags.count == 1 else {
      throw Failure.usage(
        "'\(columns)' doesn't name one word and one tag", at: "--columns",
        remedy: "such as word,tag or word,-,-,tag")
    }
    self.init(isConllu: false, word: words[0], tag: tags[0], count: names.count)
  }

  /// The format's name for messages.
  public var name: String { isConllu ? "CoNLL-U" : "CoNLL columns" }

  /// The tags' column for messages: `upos`, `column 5`, `the last column`.
  public var tagName: String {
    switch (isConllu, tag) {
    case (true, 3): "upos"
    case (true, 4): "xpos"
    case (_, let tag?): "column \(tag + 1)"
    case (_, nil): "the last column"
    }
  }
}

// MARK: - Metadata

extension TaggedForm {
  /// The form as JSON: `{"format":"conllu","word":2,"tag":4,"columns":10}`, columns counted from 1.
  var json: [String: JSONValue] {
    var object: [String: JSONValue] = [
      "format": .string(isConllu ? TextFormat.conllu.rawValue : TextFormat.conll.rawValue),
      "word": .integer(Int64(word + 1)),
    ]
    if let tag { object["tag"] = .integer(Int64(tag + 1)) }
    if let count { object["columns"] = .integer(Int64(count)) }
    return object
  }

  /// Reads what `json` writes; nil if it is damaged.
  init?(json object: [String: JSONValue]) {
    let (tag, count) = (object["tag"]?.int, object["columns"]?.int)
    let formats: [TextFormat] = [.conllu, .conll]
    guard let format = object["format"]?.string.flatMap({ TextFormat(rawValue: $0) }),
      formats.contains(format),
      let word = object["word"]?.int, (1...1000).contains(word), (1...1000).contains(tag ?? 1),
      (max(word, tag ?? 1)...1000).contains(count ?? 1000)
    else { return nil }
    self.init(isConllu: format == .conllu, word: word - 1, tag: tag.map { $0 - 1 }, count: count)
  }
}

// MARK: - Recognition

extension TaggedForm {
  /// Whether the first lines of a file are CoNLL-U: after comments, ten columns separated by tabs, of which the first is
  /// a word's number.
  static func isConllu(_ lines: some Sequence<ArraySlice<UInt8>>) -> Bool {
    guard let line = lines.first(where: { $0.first != UInt8(ascii: "#") }) else { return false }
    let fields = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    return fields.count == conlluColumns && WordNumber(fields[0]) != nil
  }

  /// Whether the lines of a file are columns of this form, with one of these tags, or none, at the end of each line.
  func matches(_ lines: [ArraySlice<UInt8>], tags: ClassNames) -> Bool {
    guard !isConllu else { return Self.isConllu(lines) }
    let records = lines.map { TaggedReader.fields($0, isConllu: false) }
    guard let count = count ?? records.first?.count, count > 1, !records.isEmpty else { return false }
    return records.allSatisfy { fields in
      guard fields.count == count else { return false }
      let tag = String(decoding: fields[tag ?? count - 1], as: UTF8.self)
      return tag == "_" || tag == "-" || tags.id(of: tag) != nil || EntityTag(tag) != nil
    }
  }
}

/// The number of a word in CoNLL-U: 3; of a multiword token: 3-4; or of an empty node: 3.1.
enum WordNumber: Equatable {
  case word(Int), range, empty

  init?(_ field: ArraySlice<UInt8>) {
    let text = String(decoding: field, as: UTF8.self)
    let isNumber: (Substring) -> Bool = {
      !$0.isEmpty && $0.count < 10 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    if isNumber(text[...]), let number = Int(text), number > 0 {
      self = .word(number)
    } else if case let parts = text.split(separator: "-", omittingEmptySubsequences: false), parts.count == 2,
      parts.allSatisfy(isNumber)
    {
      self = .range
    } else if case let parts = text.split(separator: ".", omittingEmptySubsequences: false), parts.count == 2,
      parts.allSatisfy(isNumber)
    {
      self = .empty
    } else {
      return nil
    }
  }
}
