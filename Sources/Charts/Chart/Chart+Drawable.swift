// Which numbers can be drawn. Near the ends of the range of double precision, the length of an axis and the distance of
// its ticks are no longer numbers, so that a chart that needs such values is refused.

import Failures

/// The largest magnitude that can be drawn.
public let largestDrawable = 1e300
/// Smaller magnitudes are drawn as zero.
private let smallestDrawable = 1e-300

/// Throws `Failure` (data) if `values` contain a number that is too large to be drawn; NaN and infinities are gaps.
public func checkDrawable(_ values: some Sequence<Double>) throws(Failure) {
  guard let value = values.first(where: { $0.isFinite && $0.magnitude > largestDrawable }) else { return }
  throw .data(
    "the value \(value) can't be drawn: the largest is \(largestDrawable)", remedy: "rescale the values")
}

extension Chart {
  /// The chart with values that can be drawn.
  /// - Throws: `Failure` (data) if it has others.
  public func drawable() throws(Failure) -> Chart {
    var chart = self
    for index in chart.panels.indices { try chart.panels[index].makeDrawable() }
    return chart
  }
}

extension Panel {
  fileprivate mutating func makeDrawable() throws(Failure) {
    for index in series.indices {
      series[index].x = try Self.drawable(series[index].x)
      series[index].y = try Self.drawable(series[index].y)
      series[index].low = try Self.drawable(series[index].low)
    }
    // A line at no position is no line.
    marks = marks.filter(\.x.isFinite)
    try checkDrawable(marks.map(\.x))
    try x.makeDrawable()
    try y.makeDrawable()
  }

  fileprivate static func drawable(_ values: [Double]) throws(Failure) -> [Double] {
    try checkDrawable(values)
    return values.map { $0.magnitude < smallestDrawable ? 0 : $0 }
  }
}

extension Axis {
  fileprivate mutating func makeDrawable() throws(Failure) {
    covered = try Panel.drawable(covered)
    guard let all = positions else { return }
    positions = try Panel.drawable(all).filter(\.isFinite)
  }
}
