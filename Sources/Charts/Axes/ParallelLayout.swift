// Where the lines and labels of parallel axes are.

/// Positions on the axes, from 0 at the lower to 1 at the upper end.
struct ParallelLayout {
  /// One axis.
  struct Line {
    let name: String
    let ticks: [(position: Double, label: String)]
    /// The position of each run.
    let positions: [Double]
  }

  /// The axes from the left.
  let lines: [Line]

  /// Where a run is that has no value, below the axis.
  static let missing = -0.1
  /// The ratio of the largest to the smallest number from which on an axis is logarithmic.
  private static let logarithmicRatio = 50.0
  /// Axes with at most so many different numbers have their ticks there.
  private static let mostOwnTicks = 6

  /// - Parameter ticks: about how many fit on an axis.
  init(_ axes: ParallelAxes, ticks: Int) {
    lines = axes.quantities.map { quantity in
      quantity.numbers.map { ParallelLayout.line(quantity, $0, ticks: ticks) }
        ?? ParallelLayout.line(ofNames: quantity)
    }
  }

  private static func line(_ quantity: ParallelAxes.Quantity, _ numbers: [Double], ticks: Int) -> Line {
    let distinct = Set(numbers).sorted()
    var axis = Axis("")
    if let low = distinct.first, let high = distinct.last, low > 0, high / low >= logarithmicRatio {
      axis.scale = .logarithmic
    }
    let layout = AxisLayout(axis, values: numbers, count: ticks, margin: 0.02)
    let own = distinct.map { Tick(position: $0, label: Decimal.significant($0, digits: 4)) }
    let shown = distinct.count <= mostOwnTicks && areApart(own, layout, ticks: ticks) ? own : layout.ticks
    return Line(
      name: quantity.name, ticks: shown.map { (layout.fraction(of: $0.position), $0.label) } + none(quantity),
      positions: quantity.values.map { text in
        text.flatMap { Double($0) }.map(layout.fraction) ?? missing
      })
  }

  /// Whether labels don't overlap.
  private static func areApart(_ ticks: [Tick], _ layout: AxisLayout, ticks count: Int) -> Bool {
    let places = ticks.map { layout.fraction(of: $0.position) }
    return zip(places, places.dropFirst()).allSatisfy { $1 - $0 > 0.4 / Double(max(1, count)) }
  }

  private static func line(ofNames quantity: ParallelAxes.Quantity) -> Line {
    let names = Set(quantity.values.compactMap { $0 }).sorted()
    let places = Dictionary(
      zip(names, names.indices.map { (Double($0) + 0.5) / Double(names.count) })
    ) { first, _ in first }
    return Line(
      name: quantity.name, ticks: names.map { (places[$0] ?? 0, $0) } + none(quantity),
      positions: quantity.values.map { $0.flatMap { places[$0] } ?? missing })
  }

  /// The tick below the axis, if a run has no value.
  private static func none(_ quantity: ParallelAxes.Quantity) -> [(position: Double, label: String)] {
    quantity.values.contains { $0 == nil } ? [(missing, "-")] : []
  }
}
