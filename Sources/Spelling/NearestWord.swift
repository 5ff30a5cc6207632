// The known word that a misspelled word most likely stands for, for messages that ask "did you mean ...?".

/// The word in `known` nearest to `word` by edit distance (insert, delete, replace, swap neighbors), if it is similar
/// enough: at most a third of the letters differ, or just one.
public func nearestWord(to word: String, among known: [String]) -> String? {
  let limit = max(1, word.count / 3)
  let ranked = known.map { (word: $0, distance: editDistance(word, $0)) }.filter { $0.distance <= limit }
  return ranked.min { $0.distance < $1.distance }?.word
}

/// `did you mean X?` if a choice is near enough, else the list of all choices.
public func suggestion(for word: String, among choices: [String]) -> String {
  guard !choices.isEmpty else { return "there is none yet" }
  return nearestWord(to: word, among: choices).map { "did you mean \($0)?" }
    ?? "one of \(choices.joined(separator: ", "))"
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
