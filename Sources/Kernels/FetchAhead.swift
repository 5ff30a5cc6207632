// Memory asked for ahead of its use, a little at a time while a product keeps the multipliers busy: all at once,
// the requests would wait for one another, and the product for them.

import CPUTarget

/// Fetches the rows of a matrix into the second cache, in equal shares.
struct FetchAhead {
  private var next: UnsafeMutablePointer<Float>?
  private var lines: Int
  private let share: Int

  /// Asks for all of `matrix` in `times` calls of `advance`; for nothing where it is nil.
  init(_ matrix: Matrix?, times: Int) {
    next = matrix?.base
    lines = matrix.map { $0.rows * $0.stride / 16 } ?? 0
    share = (lines + max(1, times) - 1) / max(1, times)
  }

  /// Asks for the next share.
  @inline(__always)
  mutating func advance() {
    guard let start = next else { return }
    let count = min(lines, share)
    for line in 0..<count { cpu_prefetch(start + line * 16) }
    next = start + count * 16
    lines -= count
  }
}
