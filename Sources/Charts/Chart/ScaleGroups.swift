// Which columns can share a vertical axis: those whose ranges are close and of similar size. A column whose values
// are far from another's, or much smaller, would be a flat line beside it.

/// Named columns, grouped by scale.
struct ScaleGroups {
  /// Two columns share an axis if it is at most this many times as long as either one's range.
  private static let largestRatio = 5.0

  private struct Group {
    var names: [String]
    var range: ClosedRange<Double>?
    /// The shortest range that is not a single value.
    var shortest: Double
  }

  private var groups: [Group] = []

  /// Groups columns in the order in which they are given.
  init(_ columns: [(name: String, values: [Double])]) {
    for column in columns { add(column.name, ScaleGroups.range(column.values)) }
  }

  /// The names of each group's columns.
  var names: [[String]] { groups.map(\.names) }

  private static func range(_ values: [Double]) -> ClosedRange<Double>? {
    let finite = values.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else { return nil }
    return low...high
  }

  private mutating func add(_ name: String, _ range: ClosedRange<Double>?) {
    for index in groups.indices {
      guard let joined = joined(groups[index], range) else { continue }
      groups[index] = joined
      groups[index].names.append(name)
      return
    }
    groups.append(Group(names: [name], range: range, shortest: ScaleGroups.length(range)))
  }

  /// The group with one more range, or nil if that makes its axis too long.
  private func joined(_ group: Group, _ range: ClosedRange<Double>?) -> Group? {
    guard let range else { return group }
    guard let known = group.range else {
      return Group(names: group.names, range: range, shortest: ScaleGroups.length(range))
    }
    let union = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
    let shortest = min(group.shortest, ScaleGroups.length(range))
    let isClose =
      shortest.isFinite
      ? union.upperBound - union.lowerBound <= shortest * ScaleGroups.largestRatio : known == range
    return isClose ? Group(names: group.names, range: union, shortest: shortest) : nil
  }

  private static func length(_ range: ClosedRange<Double>?) -> Double {
    guard let range, range.lowerBound < range.upperBound else { return .infinity }
    return range.upperBound - range.lowerBound
  }
}
