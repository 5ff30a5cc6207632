// The quantiles that a forecaster predicts of each target: the median, and symmetric pairs around it, each of which is the
// interval of a level. They are given as `0.1,0.5,0.9` and stored in a model as `rnn.quantiles`.

import Failures
import Foundation
import JSON

/// Quantiles, ascending: the median in the middle, and a pair for each interval.
public struct Quantiles: Sendable, Equatable {
  /// An interval between two quantiles.
  public struct Interval: Sendable, Equatable {
    /// The share of values in it in percent.
    public let level: Double
    /// The index of its lower quantile.
    public let low: Int
    /// The index of its upper quantile.
    public let high: Int

    /// The level as in the names of columns: `80`, `97.5`.
    public var text: String {
      level == level.rounded() ? String(Int(level)) : String(level)
    }
  }

  /// The quantiles.
  public let values: [Double]

  /// - Throws: `Failure` (usage) unless they ascend between 0 and 1, with the median and the counterpart of each.
  public init(_ values: [Double]) throws {
    self.values = values
    if let outside = values.first(where: { !(0 < $0 && $0 < 1) }) {
      throw Failure.usage(
        "the quantile \(outside) is not between 0 and 1", at: "--quantiles", remedy: Self.example)
    }
    try check()
  }

  private static let example = "such as --quantiles 0.1,0.5,0.9"

  private func check() throws {
    for (a, b) in zip(values, values.dropFirst()) where a >= b {
      throw Failure.usage("\(b) follows \(a)", at: "--quantiles", remedy: "give them in ascending order")
    }
    guard values.contains(0.5) else {
      throw Failure.usage(
        "the median is missing, which is the prediction", at: "--quantiles", remedy: "add 0.5")
    }
    for (a, b) in zip(values, values.reversed()) where abs(a + b - 1) > 1e-9 {
      let alone = values.first { value in !values.contains { abs(value + $0 - 1) <= 1e-9 } } ?? a
      let counterpart = Double(String(format: "%.9g", 1 - alone)) ?? 1 - alone
      throw Failure.usage(
        "\(alone) has no counterpart, with which it is an interval", at: "--quantiles",
        remedy: "add \(counterpart)")
    }
  }

  /// Reads `0.1,0.5,0.9`; throws `Failure` (usage).
  public init(parsing text: String) throws {
    try self.init(
      text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        guard let value = Double(word.filter { !$0.isWhitespace }) else {
          throw Failure.usage("'\(word)' is not a number", at: "--quantiles", remedy: Self.example)
        }
        return value
      })
  }

  /// Reads `rnn.quantiles`; throws `Failure` (data).
  public init(json: JSONValue) throws {
    guard let values = json.array?.compactMap(\.double), let quantiles = try? Quantiles(values) else {
      throw Failure.data("the model's rnn.quantiles are damaged")
    }
    self = quantiles
  }

  /// The format of `rnn.quantiles`.
  public var json: JSONValue { .array(values.map { .number($0) }) }

  /// How many there are; odd.
  public var count: Int { values.count }
  /// The index of the median.
  public var median: Int { values.count / 2 }

  /// The intervals, from the narrowest.
  public var intervals: [Interval] {
    (0..<median).reversed().map { low in
      let level = (100 * (1 - 2 * values[low]) * 1e6).rounded() / 1e6
      return Interval(level: level, low: low, high: count - 1 - low)
    }
  }
}
