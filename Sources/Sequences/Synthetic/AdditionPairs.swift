// Sums as texts, "123+45" and "168" (Zaremba and Sutskever 2014, Learning to Execute; in the form of Keras's example).

import RandomNumbers

/// Sums of two numbers. The sum of the same numbers in the other order doesn't occur again.
public struct AdditionPairs: SyntheticPairs {
  /// The total number of pairs.
  public let rows: Int
  private let digits: Int
  private var random: RandomStream
  /// The numbers of each sum that has occurred, the smaller one first.
  public var seen: Set<String> = []

  /// `rows` sums of numbers of up to `digits` digits.
  public init(rows: Int, digits: Int, seed: UInt64) {
    (self.rows, self.digits) = (rows, digits)
    random = RandomStream(seed: seed, stream: SyntheticStream.addition.rawValue)
  }

  /// The largest number of rows: half of all sums.
  public static func capacity(digits: Int) -> Int {
    let numbers = (0..<digits).reduce(1) { power, _ in power * 10 }
    return numbers * (numbers + 1) / 4
  }

  /// A sum; every number of digits is equally likely.
  public mutating func draw() -> TextPair {
    let (a, b) = (number(), number())
    return TextPair("\(a)+\(b)", "\(a + b)", key: "\(min(a, b))+\(max(a, b))")
  }

  private mutating func number() -> Int {
    (0...random.index(below: digits)).reduce(0) { number, _ in number * 10 + random.index(below: 10) }
  }
}
