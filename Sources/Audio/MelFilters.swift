// Triangular filters on the mel scale of Slaney's Auditory Toolbox (1998), with equal areas, as librosa.filters.mel
// computes them by default: below 1000 Hz the scale is linear, 200/3 Hz per mel, above logarithmic, 27 mels per
// factor 6.4.

import Glibc

/// The weights of the frequencies of a spectrum in each filter.
struct MelFilters {
  /// The first frequency of each filter, and the weights from there on.
  let filters: [(first: Int, weights: [Double])]

  /// - Parameters:
  ///   - count: the number of filters.
  ///   - range: the lowest and the highest frequency in Hz.
  ///   - rate: samples per second.
  ///   - length: the length of the Fourier transform.
  init(count: Int, range: ClosedRange<Double>, rate: Int, length: Int) {
    let (low, high) = (Self.mel(range.lowerBound), Self.mel(range.upperBound))
    let edges = (0..<count + 2).map { Self.hertz(low + (high - low) * Double($0) / Double(count + 1)) }
    let frequencies = (0...length / 2).map { Double($0) * Double(rate) / Double(length) }
    filters = (0..<count).map { number in
      let (left, center, right) = (edges[number], edges[number + 1], edges[number + 2])
      let weights = frequencies.map { frequency in
        max(0, min((frequency - left) / (center - left), (right - frequency) / (right - center))) * 2
          / (right - left)
      }
      let first = weights.firstIndex { $0 > 0 } ?? 0
      let last = weights.lastIndex { $0 > 0 } ?? -1
      return (first, first <= last ? Array(weights[first...last]) : [])
    }
  }

  /// The power in each filter.
  func applied(to power: [Double]) -> [Double] {
    filters.map { filter in
      var sum = 0.0
      for (index, weight) in filter.weights.enumerated() { sum += weight * power[filter.first + index] }
      return sum
    }
  }

  /// Whether each filter has a frequency; a filter narrower than their distance may have none.
  var areFilled: Bool { filters.allSatisfy { !$0.weights.isEmpty } }

  static func mel(_ hertz: Double) -> Double {
    hertz < 1000 ? hertz * 3 / 200 : 15 + 27 * log(hertz / 1000) / log(6.4)
  }

  static func hertz(_ mel: Double) -> Double {
    mel < 15 ? mel * 200 / 3 : 1000 * exp(log(6.4) * (mel - 15) / 27)
  }
}
