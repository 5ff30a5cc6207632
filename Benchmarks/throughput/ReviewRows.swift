// Synthetic film reviews, as token ids, for benchmarks without the real ones. Two numbers determine their
// cost: how many distinct tokens a batch has, and how much of it is padding. Both are tuned to the 25,000
// training reviews of IMDB (10,000 words, 200 steps, pre-padded): 3,360 of the 25,600 tokens of a batch are
// distinct, and 19.5 % of the steps are padding.

import RandomNumbers

/// Draws rows of token ids.
struct ReviewRows {
  /// The steps of a row.
  let steps = 200
  /// The fraction of reviews that fill all steps; the lengths of the others are uniform from `shortest` on.
  private let fullShare = 0.43
  private let shortest = 64
  /// The fraction of unknown words, which have id 2.
  private let unknownShare = 0.0533
  private let frequencies = WordFrequencies(words: ReferenceModel.vocabulary - 3)
  private var random = RandomStream(seed: 1)

  /// The ids of `rows` reviews, `[rows, steps]`: padding, the start id if a review is shorter, words.
  mutating func draw(_ rows: Int) -> [Int32] {
    var ids = [Int32](repeating: 0, count: rows * steps)
    for row in 0..<rows {
      let isFull = random.uniform() < fullShare
      let length = isFull ? steps : shortest + random.index(below: steps - shortest)
      let end = (row + 1) * steps
      for place in end - length..<end { ids[place] = word() }
      if !isFull { ids[end - length] = 1 }
    }
    return ids
  }

  private mutating func word() -> Int32 {
    if random.uniform() < unknownShare { return 2 }
    return Int32(frequencies.draw(&random) + 3)
  }
}
