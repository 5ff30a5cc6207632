// The rungs of successive halving: many trials with a small budget, and of each rung the best ones with a larger budget.
//
// Source: Jamieson, Talwalkar, "Non-stochastic Best Arm Identification and Hyperparameter Optimization", AISTATS 2016.

import Failures
import Glibc

/// Budgets, and how many trials get them.
public struct Rungs: Sendable, Equatable {
  /// The name of the budget, which is that of a placeholder or an option, such as `epochs`.
  public let name: String
  /// The budgets from the smallest to the largest.
  public let budgets: [Int]
  /// Of so many trials, one gets a larger budget.
  public let factor: Int

  /// Reads `epochs=2..16`: the budgets are multiplied by `factor`, and the last one is the largest of the range.
  /// - Throws: `Failure` (usage).
  public init(parsing text: String, factor: Int) throws(Failure) {
    let parameter = try SpaceText.parameter(text)
    guard case .range(let range) = parameter.values, range.isWhole, range.low >= 1, range.step == 1,
      !range.isLogarithmic, parameter.condition == nil, range.high < 1e9
    else {
      throw .usage(
        "'\(text)' is no budget", remedy: "write the smallest and the largest, such as epochs=2..16")
    }
    name = parameter.name
    self.factor = factor
    let (low, high) = (Int(range.low), Int(range.high))
    budgets = Array(sequence(first: low) { Rungs.next($0, factor, high) })
  }

  /// The budget after another one. The last step is not much smaller than the others.
  private static func next(_ budget: Int, _ factor: Int, _ high: Int) -> Int? {
    guard budget < high else { return nil }
    let next = budget * factor
    return Double(next) * Double(factor).squareRoot() > Double(high) ? high : next
  }

  /// How many of so many trials of a rung get the next budget.
  func promoted(of count: Int) -> Int { min(count, max(1, count / factor)) }
}
