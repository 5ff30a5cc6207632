// The sum of the values that the shards of a batch have computed, such as gradients. Floating-point addition isn't
// associative, so the sums are those of a fixed tree, whose shape depends only on the number of shards: with eight
//
//   ((0 + 1) + (2 + 3)) + ((4 + 5) + (6 + 7))
//
// and with fewer, without those that are missing. The sum of a subtree can be computed anywhere, on another thread or in
// another process, and the result is the same bit for bit.

/// `result[range] = sum over shards of partial[shard][range]` in the order of the tree, `stride` floats apart; the
/// range's bounds are multiples of 16.
///
/// - Parameter shards: all shards, or those of a subtree; at most 8.
public func sumShards(
  _ partial: FloatBuffer, shards: Range<Int>, stride: Int, _ range: Range<Int>, into result: FloatBuffer
) {
  precondition(
    !shards.isEmpty && shards.count <= 8 && shards.upperBound * stride <= partial.count
      && range.upperBound <= min(stride, result.count), "range outside")
  let first = UnsafePointer(partial.base + shards.lowerBound * stride)
  for index in Swift.stride(from: range.lowerBound, to: range.upperBound, by: 16) {
    (result.base + index).lanes = treeSum(shards.count) { (first + $0 * stride + index).lanes }
  }
}

/// `buffer[to..<to + count] += buffer[from..<from + count]`; all are multiples of 16.
public func addPart(of buffer: FloatBuffer, from: Int, to: Int, count: Int) {
  precondition(max(from, to) + count <= buffer.count, "range outside")
  for index in stride(from: 0, to: count, by: 16) {
    (buffer.base + to + index).lanes += (buffer.base + from + index).lanes
  }
}

/// The sum of `count` values in the order of the tree.
@inline(__always)
func treeSum(_ count: Int, _ leaf: (Int) -> Lanes) -> Lanes {
  switch count {
  case 1: leaf(0)
  case 2: leaf(0) + leaf(1)
  case 3: (leaf(0) + leaf(1)) + leaf(2)
  case 4: (leaf(0) + leaf(1)) + (leaf(2) + leaf(3))
  case 5: ((leaf(0) + leaf(1)) + (leaf(2) + leaf(3))) + leaf(4)
  case 6: ((leaf(0) + leaf(1)) + (leaf(2) + leaf(3))) + (leaf(4) + leaf(5))
  case 7: ((leaf(0) + leaf(1)) + (leaf(2) + leaf(3))) + ((leaf(4) + leaf(5)) + leaf(6))
  default: ((leaf(0) + leaf(1)) + (leaf(2) + leaf(3))) + ((leaf(4) + leaf(5)) + (leaf(6) + leaf(7)))
  }
}
