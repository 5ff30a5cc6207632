// How curves are told apart that lie on each other: one that covers another is dashed, so that both are seen.

import Glibc

/// The style of each of several curves in one panel.
struct CurveStyles {
  /// Curves with at most this many points also show the points.
  static let maxMarkedPoints = 12
  /// Curves this close, as a fraction of the panel's height, can't be told apart.
  private static let closeness = 0.01

  private let styles: [Series.Style]

  /// Styles for curves that are drawn in this order, each over those before it.
  /// - Parameter isLogarithmic: whether the vertical axis is.
  init(_ given: [(x: [Double], y: [Double])], isLogarithmic: Bool = false) {
    let curves = given.map { (x: $0.x, y: isLogarithmic ? $0.y.map { log($0) } : $0.y) }
    let values = curves.flatMap(\.y).filter(\.isFinite)
    let near = ((values.max() ?? 0) - (values.min() ?? 0)) * CurveStyles.closeness
    styles = curves.indices.map { index in
      let covers = curves[..<index].contains { CurveStyles.covers(curves[index], $0, near: near) }
      let count = curves[index].x.count
      if count == 1 { return .largeDots }
      if count <= CurveStyles.maxMarkedPoints { return covers ? .markedDashes : .markedLine }
      return covers ? .dashes : .line
    }
  }

  subscript(index: Int) -> Series.Style { styles[index] }

  /// Whether most of the points that two curves share are the same to the eye.
  private static func covers(
    _ upper: (x: [Double], y: [Double]), _ lower: (x: [Double], y: [Double]), near: Double
  ) -> Bool {
    let known = Dictionary(zip(lower.x, lower.y)) { first, _ in first }
    let shared = zip(upper.x, upper.y).compactMap { x, y in known[x].map { abs($0 - y) } }
    return !shared.isEmpty && shared.filter { $0 <= near }.count * 2 > shared.count
  }
}
