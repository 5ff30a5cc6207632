// Prefetching in small portions while a product keeps the multipliers busy: issued all at once, the requests would
// queue up and stall the product.

import CPUTarget

/// Prefetches the rows of a matrix into the L2 cache, in equal portions.
struct Prefetcher {
  private var next: UnsafeMutablePointer<Float>?
  private var lines: Int
  private let portion: Int

  /// Prefetches all of `matrix` in `times` calls of `advance`; nothing if it is nil.
  init(_ matrix: Matrix?, times: Int) {
    next = matrix?.base
    lines = matrix.map { $0.rows * $0.stride / 16 } ?? 0
    portion = (lines + max(1, times) - 1) / max(1, times)
  }

  /// Prefetches the next portion.
  @inline(__always)
  mutating func advance() {
    guard let start = next else { return }
    let count = min(lines, portion)
    for line in 0..<count { cpu_prefetch(start + line * 16) }
    next = start + count * 16
    lines -= count
  }
}
