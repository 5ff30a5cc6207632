// Words of synthetic sentences: each has a rank, an id if it is among the frequent ones, and letters. Frequent words are
// short, as in English: a word of a text has 4.3 letters on average, a word of the dictionary 8.

import Glibc
import RandomNumbers

/// A dictionary.
struct SyntheticWords {
  /// The number of different words.
  static let count = 30_000
  /// The most letters of a word.
  static let longest = 16
  /// The number of different letters.
  static let alphabet = 26

  private let frequencies = WordFrequencies(words: count)

  /// The ranks of the words of a sentence.
  func sentence(_ length: Int, _ random: inout RandomStream) -> [Int] {
    (0..<length).map { _ in frequencies.draw(&random) }
  }

  /// The letters of a word, from 0; always the same ones.
  func letters(_ rank: Int) -> [Int] {
    var random = RandomStream(seed: 5, stream: UInt64(rank))
    let mean = 2 + 0.42 * log2(Double(rank + 1))
    let length = Int((mean + 1.5 * random.normal()).rounded())
    return (0..<min(Self.longest, max(1, length))).map { _ in
      let place = random.uniform()
      return Int(Double(Self.alphabet) * place * place)
    }
  }

  /// A whole number with a log-normal distribution, whose logarithm has this mean and deviation.
  static func length(
    _ mean: Double, _ deviation: Double, in range: ClosedRange<Int>, _ random: inout RandomStream
  ) -> Int {
    let length = Int(exp(mean + deviation * random.normal()).rounded())
    return min(range.upperBound, max(range.lowerBound, length))
  }
}
