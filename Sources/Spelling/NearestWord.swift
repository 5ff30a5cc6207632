// The known word that a misspelled word most likely stands for, for messages that ask "did you mean ...?".

/// The word in `known` nearest to `word` by edit distance (insert, delete, replace, swap neighbors), if it is similar
/// enough: at most a third of the letters differ, or just one of several. Case, hyphens and underscores don't count:
/// `SimpleRNN` is `simple_rnn`.
public func nearestWord(to word: String, among known: [String]) -> String? {
  let letters = plainLetters(word)
  let limit = letters.count < 2 ? 0 : max(1, letters.count / 3)
  // What is longer than this is no misspelled word, and comparing would take long.
  guard letters.count <= longestWord else { return nil }
  let similar = known.filter { $0.utf8.count <= 4 * (letters.count + limit) + longestWord }
    .map { (word: $0, letters: plainLetters($0)) }
    .filter { abs($0.letters.count - letters.count) <= limit }
  let ranked = similar.map { (word: $0.word, distance: editDistance(letters, $0.letters)) }
    .filter { $0.distance <= limit }
  return ranked.min { $0.distance < $1.distance }?.word
}

/// The length of words that are compared.
private let longestWord = 100

/// A word without what is easily mistaken in it: its case and what joins its parts.
private func plainLetters(_ word: String) -> String {
  word.lowercased().filter { $0 != "_" && $0 != "-" }
}

/// More choices than these would not be read.
private let maxListed = 30

/// `did you mean X?` if a choice is near enough, else the list of all choices: `one of a, b, c`.
/// - Parameter introduction: what the list begins with.
public func suggestion(
  for word: String, among choices: [String], listedAs introduction: String = "one of"
) -> String {
  guard !choices.isEmpty else { return "there is none yet" }
  if let nearest = nearestWord(to: word, among: choices) { return "did you mean \(nearest)?" }
  let list = choices.prefix(maxListed) + (choices.count > maxListed ? ["..."] : [])
  return "\(introduction) \(list.joined(separator: ", "))"
}

/// The number of edits between two words (the restricted Damerau-Levenshtein distance).
func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a), Array(b))
  var before: [Int] = []
  var last = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var best = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    (before, last) = (last, row)
  }
  return last[b.count]
}
