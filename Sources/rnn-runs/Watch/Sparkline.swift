// A curve in one line of text.

/// A curve as characters of different heights.
enum Sparkline {
  private static let blocks = Array("▁▂▃▄▅▆▇█")
  private static let letters = Array("_.-~=+*#")

  /// The curve of some values in at most `width` characters: of more values, each character is the mean of several. Values
  /// that are not finite leave gaps.
  static func text(_ values: [Double], width: Int, hasUnicode: Bool) -> String {
    let means = downsampled(values, to: max(1, width))
    let finite = means.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return "" }
    let levels = hasUnicode ? blocks : letters
    return String(
      means.map { value in
        guard value.isFinite else { return " " }
        // Half of each, since the difference of very large numbers would be infinite.
        let share = high > low ? (value / 2 - low / 2) / (high / 2 - low / 2) : 0.5
        return levels[min(levels.count - 1, max(0, Int(share * Double(levels.count))))]
      })
  }

  private static func downsampled(_ values: [Double], to count: Int) -> [Double] {
    guard values.count > count else { return values }
    return (0..<count).map { index in
      let part = values[(index * values.count / count)..<((index + 1) * values.count / count)]
      let finite = part.filter(\.isFinite)
      return finite.isEmpty ? .nan : finite.reduce(0) { $0 + $1 / Double(finite.count) }
    }
  }
}
