// The size of a part, in rows or as a fraction.

/// The size of a part: a number of rows, or a fraction of all rows.
public enum PartSize: Sendable, Equatable {
  /// A number of rows.
  case count(Int)
  /// A fraction between 0 and 1.
  case fraction(Double)

  /// Reads `2880` (rows), `0.2` or `20%`; nil for anything else.
  public init?(_ text: String) {
    let percent = text.hasSuffix("%")
    if !percent, let count = Int(text) {
      guard count >= 0 else { return nil }
      self = .count(count)
    } else {
      guard let number = Double(percent ? String(text.dropLast()) : text) else { return nil }
      let fraction = percent ? number / 100 : number
      guard (0...1).contains(fraction) else { return nil }
      self = .fraction(fraction)
    }
  }

  /// Whether it is a fraction.
  public var isFraction: Bool { if case .fraction = self { true } else { false } }

  /// The number of rows out of `total`; a fraction is rounded up, as scikit-learn's `train_test_split` does
  /// for the test part. A count above `total` gives `total + 1`.
  func roundedUp(of total: Int) -> Int {
    switch self {
    case .count(let count): min(count, total + 1)
    case .fraction(let fraction): Int((fraction * Double(total)).rounded(.up))
    }
  }
}
