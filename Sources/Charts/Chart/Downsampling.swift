// Downsampling of long curves to what a picture can show: each interval keeps its lowest and its highest
// point, so that no peak is lost.

extension Series {
  /// The series without points that lie on others in a picture of so many pixels: a cloud of points may have far more.
  /// - Parameter side: the pixels across and down.
  func thinned(over side: Double = 2000) -> Series {
    guard style == .points, x.count > 4 * Int(side) else { return self }
    let (left, right) = (x.filter(\.isFinite).min() ?? 0, x.filter(\.isFinite).max() ?? 0)
    let (low, high) = (y.filter(\.isFinite).min() ?? 0, y.filter(\.isFinite).max() ?? 0)
    var seen: Set<[Double]> = []
    let kept = x.indices.filter { index in
      let across = ((x[index] - left) / (right - left) * side).rounded()
      let down = ((y[index] - low) / (high - low) * side).rounded()
      return seen.insert([across, down]).inserted
    }
    return Series(name, style: style, color: color, x: kept.map { x[$0] }, y: kept.map { y[$0] })
  }

  /// The series with at most about `count` points; only lines are downsampled, and only if they are longer.
  public func downsampled(to count: Int) -> Series {
    guard [.line, .dashes, .steps].contains(style), x.count > count, count >= 4 else {
      return self
    }
    let intervals = count / 2
    var kept: [Int] = []
    for interval in 0..<intervals {
      let range = x.count * interval / intervals..<x.count * (interval + 1) / intervals
      let finite = range.filter { y[$0].isFinite }
      guard let low = finite.min(by: { y[$0] < y[$1] }), let high = finite.max(by: { y[$0] < y[$1] }) else {
        kept.append(range.lowerBound)
        continue
      }
      kept += low == high ? [low] : [min(low, high), max(low, high)]
    }
    return Series(name, style: style, color: color, x: kept.map { x[$0] }, y: kept.map { y[$0] })
  }
}
