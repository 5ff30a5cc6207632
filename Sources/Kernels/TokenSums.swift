// Gradients by token: the rows of all places where a token stands, summed.
//
// A shard sums its own places as its backward pass comes to them, into a row for each token that it has,
// few enough to stay in the second cache. Then the shards' rows are added in ascending order of the shards,
// each distinct token by one worker. So the order of every sum is fixed by the data alone.

import CPUTarget

/// How many tokens ahead sums are asked for: they lie anywhere in more memory than the second cache holds.
private let tokensAhead = 8

/// The sums of one shard.
public final class TokenSums {
  /// Where each token's sum is, or -1.
  private let places: IndexBuffer
  /// The tokens that have a sum, in the order in which they came.
  private let tokens: IndexBuffer
  private var count = 0
  private let sums: FloatBuffer
  private let stride: Int

  /// Room for `capacity` rows of `width` numbers, of ids below `vocabulary`.
  public init(vocabulary: Int, capacity: Int, width: Int) {
    places = IndexBuffer(count: vocabulary, zero: -1)
    tokens = IndexBuffer(min(vocabulary, capacity))
    stride = paddedWidth(width)
    sums = FloatBuffer(min(vocabulary, capacity) * stride)
  }

  /// Forgets all sums.
  public func clear() {
    for number in 0..<count { places.base[Int(tokens.base[number])] = -1 }
    count = 0
  }

  /// Adds row i of `rows` to the sum of token `ids[start + i]`, rows in descending order as time runs back.
  public func add(_ rows: Matrix, ids: IndexBuffer, from start: Int) {
    precondition(start >= 0 && start + rows.rows <= ids.count && rows.stride == stride, "rows outside")
    for row in (0..<rows.rows).reversed() {
      let token = Int(ids.base[start + row])
      let source = rows.base + row * stride
      let place = Int(places.base[token])
      if place >= 0 { addRow(source, at: place) } else { begin(token, with: source) }
    }
  }

  private func addRow(_ source: UnsafeMutablePointer<Float>, at place: Int) {
    let target = sums.base + place * stride
    for column in Swift.stride(from: 0, to: stride, by: 16) {
      (target + column).lanes += (source + column).lanes
    }
  }

  private func begin(_ token: Int, with source: UnsafeMutablePointer<Float>) {
    (sums.base + count * stride).update(from: source, count: stride)
    places.base[token] = Int32(count)
    tokens.base[count] = Int32(token)
    count += 1
  }

  /// Asks for the token's sum, where it has one.
  @inline(__always)
  fileprivate func prefetch(_ token: Int) {
    guard let row = row(of: token) else { return }
    for column in Swift.stride(from: 0, to: stride, by: 16) { cpu_prefetch(row + column) }
  }

  /// The token's sum, where it has one.
  fileprivate func row(of token: Int) -> UnsafeMutablePointer<Float>? {
    let place = Int(places.base[token])
    return place < 0 ? nil : sums.base + place * stride
  }
}

/// `result[i] = sum over shards of the sums of token number range[i]`, the first `shards` of `parts` in order.
public func addShards(
  _ parts: [TokenSums], shards: Int, of index: TokenIndex, _ range: Range<Int>, into result: Matrix
) {
  for (row, number) in range.enumerated() {
    let ahead = number + tokensAhead
    if ahead < range.upperBound {
      let token = Int(index.tokens.base[ahead])
      for shard in 0..<shards { parts[shard].prefetch(token) }
    }
    let token = Int(index.tokens.base[number])
    let target = result.base + row * result.stride
    target.update(repeating: 0, count: result.stride)
    for shard in 0..<shards {
      guard let source = parts[shard].row(of: token) else { continue }
      for column in stride(from: 0, to: result.stride, by: 16) {
        (target + column).lanes += (source + column).lanes
      }
    }
  }
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

/// Sets the rows of distinct tokens number `range` to zero.
public func clearRows(of index: TokenIndex, _ range: Range<Int>, in result: Matrix) {
  for number in range {
    let row = Int(index.tokens.base[number])
    (result.base + row * result.stride).update(repeating: 0, count: result.stride)
  }
}
