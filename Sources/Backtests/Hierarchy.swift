// Sums of several targets or series, such as regions and their total, whose forecasts must add up: either the parts are
// forecast, and their forecasts summed (bottom-up), or the total is forecast and divided by the parts' shares of it in the
// past (top-down, by the proportions of the historical averages; C. W. Gross and J. E. Sohl, "Disaggregation methods to
// expedite product line forecasting", Journal of Forecasting 9, 1990; "Forecasting: Principles and Practice",
// section 11.2).

import Failures
import Sequences

/// Targets or series, and their sums.
public struct Hierarchy: Sendable {
  /// Which series are forecast.
  public enum Method: String, CaseIterable, Sendable {
    /// The parts; sums are those of their forecasts.
    case bottomUp = "bottom-up"
    /// The total, which is divided among the parts.
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
  /// The targets or series at the bottom.
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
    for text in texts { sums.append(try Self.sum(text, targets, "targets")) }
    try self.init(method, sums, bottoms: targets, taken: columns)
  }

  /// Sums of series.
  /// - Parameters:
  ///   - sums: further sums as on the command line: `north=a,b`.
  ///   - groups: the groups of each level: a name for each series.
  ///   - names: the names of the series at the bottom.
  /// - Throws: `Failure` (usage) if there is one series, a sum can't be read, or two sums have the same name.
  public init(_ method: Method, sums texts: [String], groups: [[String]], series names: [String])
    throws(Failure)
  {
    guard names.count > 1 else {
      throw Failure.usage(
        "a hierarchy needs several series, and only one is long enough", at: "--hierarchy",
        remedy: "use a shorter --length or --horizon")
    }
    var sums: [Sum] = []
    for group in groups {
      var members: [String: [Int]] = [:]
      for (index, name) in group.enumerated() { members[name, default: []].append(index) }
      sums += members.keys.sorted().map { Sum(name: $0, members: members[$0] ?? []) }
    }
    for text in texts { sums.append(try Self.sum(text, names, "series")) }
    try self.init(method, sums, bottoms: names, taken: names)
  }

  private init(_ method: Method, _ given: [Sum], bottoms: [String], taken: [String]) throws(Failure) {
    var sums = given
    if !sums.contains(where: { $0.members.count == bottoms.count }) {
      sums.append(Sum(name: Self.totalName, members: Array(bottoms.indices)))
    }
    // The total is the last.
    let count = bottoms.count
    sums.sort { ($0.members.count == count ? 1 : 0) < ($1.members.count == count ? 1 : 0) }
    var names = Set(taken)
    for sum in sums where !names.insert(sum.name).inserted {
      let members = sum.members.map { bottoms[$0] }
      let few = members.prefix(5).joined(separator: ",") + (members.count > 5 ? ",..." : "")
      throw Failure.usage(
        "the name \(sum.name) is taken", at: "--sum", remedy: "name the sum otherwise: --sum NAME=\(few)")
    }
    (self.method, self.bottoms, self.sums) = (method, bottoms, sums)
  }

  private static func sum(_ text: String, _ targets: [String], _ what: String) throws(Failure) -> Sum {
    let parts = text.split(separator: "=", maxSplits: 1)
    guard parts.count == 2 else {
      throw Failure.usage(
        "\(text) is not a sum", at: "--sum", remedy: "write it as NAME=a,b with the names of \(what)")
    }
    let names: [String]
    do { names = try ColumnList([String(parts[1])]).names(among: targets) } catch {
      throw Failure.usage(
        "\(text): \(error.problem)", at: "--sum",
        remedy: "the \(what) are " + targets.prefix(8).joined(separator: ", ")
          + (targets.count > 8 ? ", ..." : ""))
    }
    return Sum(name: String(parts[0]), members: names.compactMap { targets.firstIndex(of: $0) })
  }

  /// The sum of all targets.
  public var total: String { sums[sums.count - 1].name }
  /// The names of the sums, that of all parts last.
  var sumNames: [String] { sums.map(\.name) }
  /// All that is judged: the parts, then the sums.
  public var names: [String] { bottoms + sumNames }

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
