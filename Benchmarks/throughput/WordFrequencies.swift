// How often words occur in synthetic text: the k-th most frequent word with a frequency of (k + 4)^-1.2
// (Zipf-Mandelbrot).

import Glibc
import RandomNumbers

/// Draws words by their frequency.
struct WordFrequencies {
  private let cumulative: [Double]

  /// - Parameter words: the number of different words.
  init(words: Int) {
    var sum = 0.0
    cumulative = (1...words).map { rank in
      sum += pow(Double(rank) + 4, -1.2)
      return sum
    }
  }

  /// The rank of a word: 0 for the most frequent one.
  func draw(_ random: inout RandomStream) -> Int {
    let target = random.uniform() * (cumulative.last ?? 0)
    var (low, high) = (0, cumulative.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulative[middle] < target { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
