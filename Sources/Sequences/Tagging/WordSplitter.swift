// Plain text as words, as treebanks of Universal Dependencies split them: words end at blanks, punctuation marks before
// and after a word are words of their own, and so are English contractions (do n't, she 's). Hyphens and full stops
// within a word stay, and so do those after abbreviations of one letter (U.S.) and usual titles (Mr.).
//
// This suits languages with blanks between words, and English best; other text is better given as CoNLL-U, with the
// words of a tokenizer of its own.

/// Splits a line of text into words.
public enum WordSplitter {
  /// A word, and whether a blank follows it in the text.
  public struct Word: Equatable, Sendable {
    /// The word as it is written.
    public let form: String
    /// Whether a blank or the end of the line follows it.
    public let hasSpaceAfter: Bool
  }

  /// The words of a line.
  public static func words(_ line: String) -> [Word] {
    line.unicodeScalars.split { $0.properties.isWhitespace }.flatMap { piece -> [Word] in
      let forms = split(Array(piece))
      return forms.enumerated().map { index, form in
        Word(form: form, hasSpaceAfter: index == forms.count - 1)
      }
    }
  }

  /// The words between two blanks.
  private static func split(_ piece: [Unicode.Scalar]) -> [String] {
    var (start, end) = (0, piece.count)
    var (before, after): ([String], [String]) = ([], [])
    while start < end, let length = markLength(piece, from: start, to: end) {
      before.append(text(piece[start..<start + length]))
      start += length
    }
    while start < end, let length = lastMarkLength(piece, from: start, to: end) {
      after.append(text(piece[end - length..<end]))
      end -= length
    }
    let core = start < end ? contractions(piece[start..<end]) : []
    return before + core + after.reversed()
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  // MARK: Punctuation

  /// The length of the marks that the piece begins with: several of one kind are one word, such as an ellipsis.
  private static func markLength(_ piece: [Unicode.Scalar], from start: Int, to end: Int) -> Int? {
    guard isMark(piece[start]), !isContraction(piece[start..<end]) else { return nil }
    let length = piece[start..<end].prefix { $0 == piece[start] }.count
    // A sign before a number belongs to it, and so does the mark of a user or a topic to its name.
    let isSign = "-+@#&".unicodeScalars.contains(piece[start]) && length == 1 && start + 1 < end
    return isSign && !isMark(piece[start + 1]) ? nil : length
  }

  /// The length of the marks that the piece ends with.
  private static func lastMarkLength(_ piece: [Unicode.Scalar], from start: Int, to end: Int) -> Int? {
    let last = piece[end - 1]
    guard isMark(last) else { return nil }
    let length = piece[start..<end].reversed().prefix { $0 == last }.count
    if last == ".", length == 1, isAbbreviation(piece[start..<end]) { return nil }
    return length
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation, .dashPunctuation,
      .otherPunctuation, .currencySymbol, .mathSymbol, .modifierSymbol:
      scalar != "_"
    default: false
    }
  }

  /// Titles and other words that are written with a full stop.
  private static let abbreviations: Set = [
    "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "no", "vol", "fig", "inc", "ltd", "co", "corp",
    "gen", "col", "capt", "lt", "sgt", "rev", "hon", "mt", "ft", "etc", "approx", "dept", "est", "jan", "feb",
    "mar", "apr", "aug", "sept", "oct", "nov", "dec",
  ]

  /// Whether a word with a full stop at its end is an abbreviation: single letters with full stops, or a usual one.
  private static func isAbbreviation(_ word: ArraySlice<Unicode.Scalar>) -> Bool {
    let stem = text(word.dropLast()).lowercased()
    if abbreviations.contains(stem) { return true }
    let parts = stem.split(separator: ".", omittingEmptySubsequences: false)
    return parts.allSatisfy {
      $0.unicodeScalars.count == 1 && $0.unicodeScalars.allSatisfy(\.properties.isAlphabetic)
    }
  }

  // MARK: Contractions

  private static let apostrophes: Set<Unicode.Scalar> = ["'", "\u{2019}"]
  private static let endings: Set = ["s", "m", "d", "ll", "re", "ve"]

  /// Whether the text is an ending such as 's, which is a word though it begins with a mark.
  private static func isContraction(_ text: ArraySlice<Unicode.Scalar>) -> Bool {
    guard let first = text.first, apostrophes.contains(first) else { return false }
    return endings.contains(Self.text(text.dropFirst()).lowercased())
  }

  /// A word and its English ending, which is a word of its own: n't, 's, 'll.
  private static func contractions(_ word: ArraySlice<Unicode.Scalar>) -> [String] {
    guard let mark = word.lastIndex(where: apostrophes.contains), mark > word.startIndex else {
      return [text(word)]
    }
    let ending = text(word[(mark + 1)...]).lowercased()
    if endings.contains(ending) { return [text(word[..<mark]), text(word[mark...])] }
    guard ending == "t", mark - word.startIndex > 1, word[mark - 1] == "n" || word[mark - 1] == "N" else {
      return [text(word)]
    }
    return [text(word[..<(mark - 1)]), text(word[(mark - 1)...])]
  }
}
