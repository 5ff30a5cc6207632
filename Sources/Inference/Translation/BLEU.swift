// BLEU of a corpus (Papineni et al. 2002) as sacrebleu computes it by default: tokens of mteval-v13a, up to four of them
// in a row, and exponential smoothing of orders without a match (Chen and Cherry 2014, method 3).

import Glibc

/// The counts from which BLEU is computed, summed over sentences.
struct BLEU {
  private static let orders = 4
  private var matches = [Int](repeating: 0, count: orders)
  private var totals = [Int](repeating: 0, count: orders)
  private var length = 0
  private var referenceLength = 0

  /// Adds a sentence and its reference.
  mutating func add(_ hypothesis: String, reference: String) {
    let (words, expected) = (Tokens13a.tokens(of: hypothesis), Tokens13a.tokens(of: reference))
    length += words.count
    referenceLength += expected.count
    for order in 1...Self.orders {
      let (found, known) = (Self.counts(words, order), Self.counts(expected, order))
      totals[order - 1] += max(0, words.count - order + 1)
      matches[order - 1] += found.reduce(0) { $0 + min($1.value, known[$1.key] ?? 0) }
    }
  }

  private static func counts(_ words: [String], _ order: Int) -> [ArraySlice<String>: Int] {
    guard words.count >= order else { return [:] }
    var counts: [ArraySlice<String>: Int] = [:]
    for start in 0...words.count - order { counts[words[start..<start + order], default: 0] += 1 }
    return counts
  }

  /// The score, from 0 to 100.
  var score: Double {
    guard matches.contains(where: { $0 > 0 }), !totals.contains(0) else { return 0 }
    var (sum, smoothing) = (0.0, 1.0)
    for (match, total) in zip(matches, totals) {
      if match == 0 { smoothing *= 2 }
      sum += log(match > 0 ? 100 * Double(match) / Double(total) : 100 / (smoothing * Double(total)))
    }
    let brevity = length < referenceLength ? exp(1 - Double(referenceLength) / Double(length)) : 1
    return brevity * exp(sum / Double(Self.orders))
  }
}

/// The tokens of mteval-v13a.pl, as sacrebleu's tokenizer `13a` finds them.
enum Tokens13a {
  private static let entities = [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")]

  /// The tokens of a sentence.
  static func tokens(of text: String) -> [String] {
    var line = text.replacing("<skipped>", with: "").replacing("-\n", with: "").replacing("\n", with: " ")
    if line.contains("&") {
      for (name, character) in entities { line = line.replacing(name, with: character) }
    }
    var scalars = Array(" \(line) ".unicodeScalars)
    scalars = scalars.flatMap { isSymbol($0) ? [" ", $0, " "] : [$0] }
    scalars = separatingPairs(scalars, at: 1...2) { !isDigit($0) && isPoint($1) }
    scalars = separatingPairs(scalars, at: 0...1) { isPoint($0) && !isDigit($1) }
    scalars = separatingPairs(scalars, at: 1...2) { isDigit($0) && $1 == "-" }
    return scalars.split { $0.properties.isWhitespace }.map { word in
      String(String.UnicodeScalarView(word))
    }
  }

  /// The scalars with spaces in and around every pair that matches, from left to right without overlap.
  /// - Parameter places: where spaces are inserted: before the first of the two, between them, after the second.
  private static func separatingPairs(
    _ scalars: [Unicode.Scalar], at places: ClosedRange<Int>,
    _ matches: (Unicode.Scalar, Unicode.Scalar) -> Bool
  ) -> [Unicode.Scalar] {
    var result: [Unicode.Scalar] = []
    var index = 0
    while index < scalars.count {
      guard index + 1 < scalars.count, matches(scalars[index], scalars[index + 1]) else {
        result.append(scalars[index])
        index += 1
        continue
      }
      for place in 0...2 {
        if places.contains(place) { result.append(" ") }
        if place < 2 { result.append(scalars[index + place]) }
      }
      index += 2
    }
    return result
  }

  /// `[\{-\~\[-\` -\&\(-\+\:-\@\/]`
  private static func isSymbol(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
    default: false
    }
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
  private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }
}
