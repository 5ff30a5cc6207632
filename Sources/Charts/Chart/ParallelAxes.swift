// Parallel coordinates: a vertical axis for each quantity, and a line across all of them for each run.

/// Vertical axes side by side.
public struct ParallelAxes: Sendable, Equatable {
  /// One of the axes.
  public struct Quantity: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The value of each run; nil where it has none.
    public var values: [String?]

    /// A quantity with a value for each run.
    public init(name: String, values: [String?]) { (self.name, self.values) = (name, values) }
  }

  /// The axes from the left; the last one is what the runs are judged by.
  public var quantities: [Quantity]
  /// How good each run is, from 0 for the worst to 1 for the best one.
  public var merits: [Double]

  /// The runs from the worst to the best.
  var order: [Int] { merits.indices.sorted { (merits[$0], $1) < (merits[$1], $0) } }

  /// Traps unless each quantity has a value for each merit (a programming error).
  public init(quantities: [Quantity], merits: [Double]) {
    precondition(
      quantities.allSatisfy { $0.values.count == merits.count }, "a value of each run on each axis")
    (self.quantities, self.merits) = (quantities, merits)
  }
}

extension ParallelAxes.Quantity {
  /// The values as numbers; nil if some value is none that can be drawn.
  var numbers: [Double]? {
    let numbers = values.compactMap { $0 }.map { Double($0).flatMap { $0.isFinite ? $0 : nil } }
    let found = numbers.compactMap { $0 }
    let canBeDrawn = found.count == numbers.count && found.allSatisfy { $0.magnitude <= largestDrawable }
    return canBeDrawn && !found.isEmpty ? found : nil
  }
}
