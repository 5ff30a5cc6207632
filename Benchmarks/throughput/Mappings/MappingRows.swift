// The rows of the mappings in one file, which all frameworks read: synthetic sentences with tags, a long text, and
// pairs of sequences. A batch is so many consecutive rows, so that everybody trains on the same batches in the same
// order:
//
//   tags         sentences of 18 words on average, of which 5 % are unknown; those of a batch by falling length
//   text         a row continues the row 16 before it, as row i of a batch continues row i of the one before
//   words        pairs of 13 words on average, like sentences in two languages; those of a batch have about the same
//                length, as in training with batches grouped by length
//   characters   pairs of 17 and 10 characters on average, like dates in many spellings and in one, grouped as well

import RandomNumbers
import Tensor
import TensorFile

/// Makes the rows.
struct MappingRows {
  /// The number of rows.
  static let count = 4_096

  private let dictionary = SyntheticWords()
  private var random = RandomStream(seed: 4)

  /// All columns.
  mutating func columns() -> [String: Tensor] {
    var columns = tags()
    columns.merge(text()) { first, _ in first }
    columns.merge(wordPairs()) { first, _ in first }
    columns.merge(characterPairs()) { first, _ in first }
    return columns
  }

  // MARK: Tags

  private mutating func tags() -> [String: Tensor] {
    let sentences = (0..<Self.count).map { _ in
      dictionary.sentence(SyntheticWords.length(2.7, 0.6, in: 1...Tagging.steps, &random), &random)
    }.sorted(inBatchesOf: Tagging.batch) { $0.count > $1.count }
    let missing = sentences.map { [Int32](repeating: 0, count: Tagging.steps - $0.count) }
    let words = zip(missing, sentences).flatMap {
      $0 + $1.map { Self.id($0, of: Tagging.vocabulary, first: 3) }
    }
    let letters = zip(missing, sentences).flatMap { missing, ranks in
      missing.flatMap { _ in [Int32](repeating: 0, count: Tagging.letters) } + ranks.flatMap(characters)
    }
    let tags = zip(missing, sentences).flatMap { missing, ranks in
      missing + ranks.map { _ in Int32(random.index(below: Tagging.tags)) }
    }
    return [
      "tags.words": Tensor(words, shape: [Self.count, Tagging.steps]),
      "tags.characters": Tensor(letters, shape: [Self.count, Tagging.steps, Tagging.letters]),
      "tags.tags": Tensor(tags, shape: [Self.count, Tagging.steps]),
    ]
  }

  /// The id of a word: unknown words have id 2.
  private static func id(_ rank: Int, of vocabulary: Int, first: Int) -> Int32 {
    rank + first < vocabulary ? Int32(rank + first) : 2
  }

  /// The ids of a word's characters, padded.
  private func characters(_ rank: Int) -> [Int32] {
    let ids = dictionary.letters(rank).map { Int32($0 + 3) }
    return ids + [Int32](repeating: 0, count: Tagging.letters - ids.count)
  }

  // MARK: Text

  private mutating func text() -> [String: Tensor] {
    var ids: [Int32] = []
    let length = Self.count * Language.steps
    while ids.count <= length {
      for rank in dictionary.sentence(8, &random) {
        ids += dictionary.letters(rank).map { Language.firstLetter + Int32($0) } + [Language.space]
      }
      ids[ids.count - 1] = Language.lineEnd
    }
    let streams = Self.count / Language.batch
    let order = (0..<streams).flatMap { window in (0..<Language.batch).map { $0 * streams + window } }
    let shape = [Self.count, Language.steps]
    let windows = order.map { $0 * Language.steps..<($0 + 1) * Language.steps }
    return [
      "text.x": Tensor(windows.flatMap { ids[$0] }, shape: shape),
      "text.y": Tensor(windows.flatMap { ids[$0.lowerBound + 1..<$0.upperBound + 1] }, shape: shape),
    ]
  }

  // MARK: Pairs

  private typealias Pair = (source: [Int32], target: [Int32])

  private mutating func wordPairs() -> [String: Tensor] {
    let form = PairForm.words
    let pairs = (0..<Self.count).map { _ -> Pair in
      let source = SyntheticWords.length(2.48, 0.37, in: 3...form.sourceSteps - 1, &random)
      let target = max(3, min(form.targetSteps - 1, source + Int((1.5 * random.normal()).rounded())))
      return (
        dictionary.sentence(source, &random).map { Self.id($0, of: form.sourceVocabulary, first: 4) },
        dictionary.sentence(target, &random).map { Self.id($0, of: form.targetVocabulary, first: 4) }
      )
    }
    return columns(pairs, form)
  }

  private mutating func characterPairs() -> [String: Tensor] {
    let form = PairForm.characters
    let pairs = (0..<Self.count).map { _ -> Pair in
      let source = SyntheticWords.length(2.78, 0.32, in: 8...form.sourceSteps - 1, &random)
      return (
        (0..<source).map { _ in Int32(4 + random.index(below: form.sourceVocabulary - 4)) },
        (0..<form.targetSteps - 1).map { _ in Int32(4 + random.index(below: form.targetVocabulary - 4)) }
      )
    }
    return columns(pairs, form)
  }

  /// Padded columns: `source` ends with the end mark, `target` begins with the start, and `y` ends with the end mark.
  private mutating func columns(_ pairs: [Pair], _ form: PairForm) -> [String: Tensor] {
    let pairs = grouped(pairs)
    func column(_ steps: Int, _ ids: (Pair) -> [Int32]) -> Tensor {
      let rows = pairs.flatMap { pair -> [Int32] in
        let own = ids(pair)
        return own + [Int32](repeating: 0, count: steps - own.count)
      }
      return Tensor(rows, shape: [pairs.count, steps])
    }
    return [
      "\(form.rawValue).source": column(form.sourceSteps) { $0.source + [PairForm.end] },
      "\(form.rawValue).target": column(form.targetSteps) { [PairForm.start] + $0.target },
      "\(form.rawValue).y": column(form.targetSteps) { $0.target + [PairForm.end] },
    ]
  }

  /// The pairs in batches of about the same length, the batches shuffled: pools of 32 batches are sorted by length.
  private mutating func grouped(_ pairs: [Pair]) -> [Pair] {
    let sorted = pairs.sorted(inBatchesOf: 32 * PairTranslation.batch) {
      ($0.target.count, $0.source.count) < ($1.target.count, $1.source.count)
    }
    return random.permutation(pairs.count / PairTranslation.batch).flatMap { batch in
      sorted[batch * PairTranslation.batch..<(batch + 1) * PairTranslation.batch]
    }
  }
}

extension Array {
  /// The same elements, of which every `size` are sorted.
  fileprivate func sorted(inBatchesOf size: Int, by precedes: (Element, Element) -> Bool) -> [Element] {
    stride(from: 0, to: count, by: size).flatMap { start in
      self[start..<Swift.min(start + size, count)].sorted(by: precedes)
    }
  }
}
