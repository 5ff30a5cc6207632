// Long curves cut down to what a picture can show: of each narrow stretch its lowest and highest point, so
// that no peak is lost.

extension Series {
  /// The series with at most about `count` points; shorter ones and other styles than lines stay whole.
  public func thinned(to count: Int) -> Series {
    guard style == .line || style == .dashes || style == .steps, x.count > count, count >= 4 else {
      return self
    }
    let stretches = count / 2
    var kept: [Int] = []
    for stretch in 0..<stretches {
      let range = x.count * stretch / stretches..<x.count * (stretch + 1) / stretches
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
