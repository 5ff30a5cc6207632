// Downsampling of long curves to what a picture can show: each interval keeps its lowest and its highest
// point, so that no peak is lost.

extension Series {
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
