// Sums of several targets, such as regions and their total, whose forecasts must add up: either the targets are forecast,
// and their forecasts summed (bottom-up), or the total is forecast and divided by the targets' shares of it in the past
// (top-down, by the proportions of the historical averages; C. W. Gross and J. E. Sohl, "Disaggregation methods to
// expedite product line forecasting", Journal of Forecasting 9, 1990; "Forecasting: Principles and Practice",
// section 11.2).

import Failures
import Sequences

/// Targets and their sums.
public struct Hierarchy: Sendable {
  /// Which series are forecast.
  public enum Method: String, CaseIterable, Sendable {
    /// The targets; sums are those of their forecasts.
    case bottomUp = "bottom-up"
    /// The total, which is divided among the targets.
    case topDown = "top-down"
  }

  /// A sum of targets.
  struct Sum: Sendable {
    let name: String
    /// The indices of the targets.
    let members: [Int]
  }

  /// Which series are forecast.
  public let method: Method
  /// The targets at the bottom.
  public let bottoms: [String]
  let sums: [Sum]

  /// The name of the sum of all targets, unless another is given.
  private static let totalName = "total"

  /// - Parameters:
  ///   - sums: further sums as on the command line: `north=a,b`.
  ///   - targets: the series at the bottom.
  ///   - columns: the names that are taken.
  /// - Throws: `Failure` (usage) if there are too few targets, or a sum can't be read.
  public init(_ method: Method, sums texts: [String], targets: [String], columns: [String]) throws(Failure) {
    guard targets.count > 1 else {
      throw Failure.usage(
        "a hierarchy needs several targets", at: "--hierarchy", remedy: "name them with --target a,b,c")
    }
    var sums: [Sum] = []
    for text in texts { sums.append(try Self.sum(text, targets)) }
    if !sums.contains(where: { $0.members.count == targets.count }) {
      sums.append(Sum(name: Self.totalName, members: Array(targets.indices)))
    }
    // The total is the last.
    sums.sort { ($0.members.count == targets.count ? 1 : 0) < ($1.members.count == targets.count ? 1 : 0) }
    for (number, sum) in sums.enumerated()
    where columns.contains(sum.name) || sums[..<number].contains(where: { $0.name == sum.name }) {
      throw Failure.usage(
        "the name \(sum.name) is taken", at: "--sum",
        remedy: "name the sum otherwise: --sum NAME=\(sum.members.map { targets[$0] }.joined(separator: ","))"
      )
    }
    (self.method, bottoms, self.sums) = (method, targets, sums)
  }

  private static func sum(_ text: String, _ targets: [String]) throws(Failure) -> Sum {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw Failure.usage(
        "\(text) is not a sum", at: "--sum", remedy: "write it as NAME=a,b with the names of targets")
    }
    let names: [String]
    do { names = try ColumnList([String(parts[1])]).names(among: targets) } catch {
      throw Failure.usage(
        "\(text): \(error.problem)", at: "--sum", remedy: "the targets are \(targets.joined(separator: ", "))"
      )
    }
    return Sum(name: String(parts[0]), members: names.compactMap { targets.firstIndex(of: $0) })
  }

  /// The sum of all targets.
  public var total: String { sums[sums.count - 1].name }
  /// All series that are judged: the targets, then the sums.
  public var names: [String] { bottoms + sums.map(\.name) }

  /// The values of all series from those of the targets.
  func all(_ values: [Double]) -> [Double] {
    values + sums.map { sum in sum.members.reduce(0) { $0 + values[$1] } }
  }

  /// The values of all series from a forecast.
  /// - Parameters:
  ///   - forecast: the targets' values, or with top-down the total's.
  ///   - shares: the shares of the targets in the total.
  func all(_ forecast: [Double], shares: [Double]) -> [Double] {
    all(method == .bottomUp ? forecast : shares.map { $0 * forecast[0] })
  }
}
