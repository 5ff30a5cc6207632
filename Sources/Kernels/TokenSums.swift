// Gradients per token: the sum of the rows of all positions at which a token occurs.
//
// During its backward pass, each shard sums its own positions into one row per token, few enough to stay in the L2
// cache. Then the shards' rows are added in the order of a fixed tree (ShardSums), each distinct token by one worker. So
// the order of every sum is determined only by the data.

import CPUTarget

/// How many tokens ahead sums are prefetched: they are scattered over more memory than fits in the L2 cache.
private let tokensAhead = 8

/// The sums of one shard.
public final class TokenSums {
  /// The row of each token's sum, or -1.
  private let slots: IndexBuffer
  /// The tokens that have a sum, in order of first occurrence.
  private let tokens: IndexBuffer
  private var count = 0
  /// A row for each token, and one of zeros.
  private let sums: FloatBuffer
  private let stride: Int

  /// Allocates sums for `capacity` rows of `width` numbers and ids below `vocabulary`.
  public init(vocabulary: Int, capacity: Int, width: Int) {
    slots = IndexBuffer(count: vocabulary, zero: -1)
    tokens = IndexBuffer(min(vocabulary, capacity))
    stride = paddedWidth(width)
    sums = FloatBuffer((min(vocabulary, capacity) + 1) * stride)
  }

  /// Removes all sums.
  public func clear() {
    for number in 0..<count { slots.base[Int(tokens.base[number])] = -1 }
    count = 0
  }

  /// Adds row i of `rows` to the sum of token `ids[start + i]`, last row first, as time runs backward.
  public func add(_ rows: Matrix, ids: IndexBuffer, from start: Int) {
    precondition(start >= 0 && start + rows.rows <= ids.count && rows.stride == stride, "rows outside")
    let (slots, sums, ids) = (slots.base, sums.base, ids.base + start)
    for row in (0..<rows.rows).reversed() {
      let token = Int(ids[row])
      let source = UnsafePointer(rows.base + row * stride)
      if slots[token] >= 0 {
        addRow(source, to: sums + Int(slots[token]) * stride, stride)
      } else {
        (sums + count * stride).update(from: source, count: stride)
        begin(token)
      }
    }
  }

  /// Assigns the next row to a token.
  private func begin(_ token: Int) {
    slots.base[token] = Int32(count)
    tokens.base[count] = Int32(token)
    count += 1
  }

  /// Prefetches the token's sum, if it has one.
  @inline(__always)
  fileprivate func prefetch(_ token: Int) {
    guard let row = row(of: token) else { return }
    for column in Swift.stride(from: 0, to: stride, by: 16) { cpu_prefetch(row + column) }
  }

  /// The token's sum, if it has one.
  fileprivate func row(of token: Int) -> UnsafeMutablePointer<Float>? {
    let slot = Int(slots.base[token])
    return slot < 0 ? nil : sums.base + slot * stride
  }

  /// The sum of a token that doesn't occur.
  fileprivate var zeros: UnsafeMutablePointer<Float> { sums.base + (sums.count - stride) }
}

/// `target += source`, `width` numbers.
@inline(__always)
private func addRow(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ width: Int) {
  for column in stride(from: 0, to: width, by: 16) { (target + column).lanes += (source + column).lanes }
}

/// `result[i] = sum over shards of the sums of token number range[i]`, in the order of the tree. A shard without the token
/// counts as zeros.
///
/// - Parameter shards: all shards of the batch, or those of a subtree.
public func addShards(
  _ parts: [TokenSums], shards: Range<Int>, of index: TokenIndex, _ range: Range<Int>, into result: Matrix
) {
  withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: max(1, shards.count)) { leaves in
    for (row, number) in range.enumerated() {
      let ahead = number + tokensAhead
      if ahead < range.upperBound {
        let token = Int(index.tokens.base[ahead])
        for shard in shards { parts[shard].prefetch(token) }
      }
      let token = Int(index.tokens.base[number])
      let target = result.base + row * result.stride
      var (present, last) = (0, 0)
      for (leaf, shard) in shards.enumerated() {
        let sum = parts[shard].row(of: token)
        leaves[leaf] = UnsafePointer(sum ?? parts[shard].zeros)
        if sum != nil { (present, last) = (present + 1, leaf) }
      }
      switch present {
      case 0: target.update(repeating: 0, count: result.stride)
      case 1 where shards.count > 1: addZero(to: leaves[last], into: target, result.stride)
      default:
        for column in stride(from: 0, to: result.stride, by: 16) {
          (target + column).lanes = treeSum(shards.count) { (leaves[$0] + column).lanes }
        }
      }
    }
  }
}

/// `target = source + 0`, which is what the tree gives for a token of one shard: it turns -0 into 0.
@inline(__always)
private func addZero(to source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, _ width: Int)
{
  for column in stride(from: 0, to: width, by: 16) { (target + column).lanes = (source + column).lanes + 0 }
}

/// `result[token] = rows[i]`, or adds to it, for the token number range[i] of each row.
public func scatterRows(
  _ rows: Matrix, of index: TokenIndex, _ range: Range<Int>, into result: Matrix, adds: Bool
) {
  for (row, number) in range.enumerated() {
    let source = rows.base + row * rows.stride
    let target = result.base + Int(index.tokens.base[number]) * result.stride
    for column in stride(from: 0, to: result.stride, by: 16) {
      (target + column).lanes =
        adds ? (target + column).lanes + (source + column).lanes : (source + column).lanes
    }
  }
}

/// Sets the rows of the distinct tokens in `range` to zero.
public func clearRows(of index: TokenIndex, _ range: Range<Int>, in result: Matrix) {
  for number in range {
    let row = Int(index.tokens.base[number])
    (result.base + row * result.stride).update(repeating: 0, count: result.stride)
  }
}
