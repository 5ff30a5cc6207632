// The groups of steps ahead whose errors are shown apart: the nearest steps are easier to forecast than the last.

/// Consecutive groups of steps ahead.
public struct StepGroups: Sendable, Equatable {
  /// The steps of each group, counted from 0.
  public let ranges: [Range<Int>]

  private static let (mostSingle, most) = (6, 4)

  /// The groups of a horizon: each step apart, or about four groups of the same size.
  /// - Parameter ends: the last steps of the groups, ascending; empty for the usual groups.
  public init(horizon: Int, ends: [Int] = []) {
    let usual =
      horizon <= Self.mostSingle
      ? Array(1...max(1, horizon)) : (1...Self.most).map { horizon * $0 / Self.most }
    let ends = ends.count > 1 ? ends : usual
    ranges = zip([0] + ends.dropLast(), ends).map { $0..<$1 }
  }

  /// `1-6`, or `1` for a single step.
  public static func text(_ steps: Range<Int>) -> String {
    steps.count == 1 ? "\(steps.upperBound)" : "\(steps.lowerBound + 1)-\(steps.upperBound)"
  }
}
