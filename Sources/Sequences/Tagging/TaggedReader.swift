// Reads sentences of tagged words, line by line: CoNLL-U, or columns separated by tabs or blanks.

import ByteStreams
import Failures
import TensorFile

/// Reads a file of tagged words, sentence by sentence.
public struct TaggedReader {
  private var lines: LineReader
  private let form: TaggedForm
  /// How many columns the first line has, where the form doesn't say.
  private var columns: Int?
  /// The line after a sentence that has been read.
  private var next: [UInt8]?
  private var isAtEnd = false
  /// The number of the last word in the sentence.
  private var lastNumber = 0
  /// The size of the sentence so far in bytes.
  private var size = 0
  /// The maximum length of a line, and of a sentence, in bytes.
  static let longestLine = 1 << 20
  private static let longestSentence = 1 << 24
  /// The maximum number of lines in a sentence, each of which takes many times more memory than its shortest text.
  private static let mostLines = 1 << 18
  private static let mostEmptyLines = 1 << 16
  private static let boundary = Array("-DOCSTART-".utf8)

  /// - Parameter name: the name of the source in messages.
  public init(_ source: PeekedSource, named name: String, _ form: TaggedForm) {
    lines = LineReader(source, named: name)
    lines.longestLine = Self.longestLine
    self.form = form
    columns = form.count
  }

  /// The next sentence; it has no words where lines are only comments or the beginning of a document. Nil after the
  /// last.
  /// - Throws: `Failure` (data) that names the line.
  public mutating func nextSentence() throws -> TaggedSentence? {
    var sentence = TaggedSentence()
    (lastNumber, size) = (0, 0)
    while let line = try nextLine() {
      if sentence.lines.isEmpty, sentence.emptyLines == 0 { sentence.firstLine = lines.number }
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) {
        // Further ones follow as a sentence of nothing else, so that they can be given back piece by piece.
        sentence.emptyLines += try 1 + lines.skipEmptyLines(most: Self.mostEmptyLines)
        if sentence.emptyLines > Self.mostEmptyLines { return sentence }
      } else if sentence.emptyLines > 0 {
        next = line
        return sentence
      } else {
        try add(line, to: &sentence)
      }
    }
    return sentence.lines.isEmpty && sentence.emptyLines == 0 ? nil : sentence
  }

  private mutating func nextLine() throws -> [UInt8]? {
    if let line = next {
      next = nil
      return line
    }
    return try lines.next().map { Array($0) }
  }

  private mutating func add(_ line: [UInt8], to sentence: inout TaggedSentence) throws {
    sentence.lines.append(line)
    size += line.count
    let isTooLong = size > Self.longestSentence
    guard !isTooLong, sentence.lines.count <= Self.mostLines else {
      let limit =
        isTooLong
        ? "is longer than \(Self.longestSentence >> 20) MiB" : "has more than \(Self.mostLines) lines"
      throw failure(
        "the sentence that begins in line \(sentence.firstLine) \(limit)",
        "put an empty line after each sentence")
    }
    if line.first == UInt8(ascii: "#"), form.isConllu { return }
    let fields = Self.fields(line[...], isConllu: form.isConllu)
    if !form.isConllu, fields.first.map({ $0.elementsEqual(Self.boundary) }) == true { return }
    try check(fields)
    guard try !form.isConllu || isWord(fields[0]) else { return }
    let tag = form.tag ?? (fields.count > 1 ? fields.count - 1 : nil)
    sentence.words.append(
      TaggedSentence.Word(
        form: try text(fields[form.word]), tag: try tag.map { try text(fields[$0]) },
        line: sentence.lines.count - 1, place: tag.map { fields[$0].startIndex..<fields[$0].endIndex }))
  }

  /// The columns of a line.
  static func fields(_ line: ArraySlice<UInt8>, isConllu: Bool) -> [ArraySlice<UInt8>] {
    if isConllu || line.contains(UInt8(ascii: "\t")) {
      return line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false)
    }
    return line.split(separator: UInt8(ascii: " "))
  }

  /// Whether a line of CoNLL-U is a word, which follows the word before.
  private mutating func isWord(_ field: ArraySlice<UInt8>) throws -> Bool {
    switch WordNumber(field) {
    case nil:
      throw failure(
        "'\(String(decoding: field.prefix(40), as: UTF8.self))' is not the number of a word, such as 1, 1-2 or 1.1"
      )
    case .range, .empty: return false
    case .word(let number):
      guard number == lastNumber + 1 else {
        throw failure(
          "word \(number) follows word \(lastNumber)",
          number == 1 ? "put an empty line before each sentence" : "number the words of a sentence from 1")
      }
      lastNumber = number
      return true
    }
  }

  private mutating func check(_ fields: [ArraySlice<UInt8>]) throws {
    let expected = columns ?? fields.count
    columns = expected
    guard fields.count == expected else {
      throw failure(
        form.count == nil
          ? "has \(counted(fields.count, "column")), the lines before have \(expected)"
          : "has \(counted(fields.count, "column")) instead of \(expected)",
        form.isConllu ? "separate the columns with tabs" : nil)
    }
    guard fields[form.word].contains(where: { $0 != 0x20 }) else { throw failure("the word is empty") }
    if let tag = form.tag, fields[tag].isEmpty { throw failure("the tag is empty", "write _ for no tag") }
  }

  private func text(_ field: ArraySlice<UInt8>) throws -> String {
    guard let text = String(validating: field, as: UTF8.self) else {
      throw failure("the text is not UTF-8", encodingAdvice(for: field))
    }
    return text
  }

  private func failure(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.data("line \(lines.number): \(problem)", at: lines.name, remedy: remedy)
  }
}
