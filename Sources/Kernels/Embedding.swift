// Looking rows up in a table by token id, and summing their gradients by token.
//
// The backward pass goes token by token, not place by place: each distinct token's places are listed in
// ascending order and summed by one worker, so no two workers write one row and the order is fixed.

/// `result[i] = table[ids[start + i]]` for each row i of `result`.
public func gatherRows(_ table: Matrix, ids: IndexBuffer, from start: Int, into result: Matrix) {
  precondition(start >= 0 && start + result.rows <= ids.count, "ids outside the buffer")
  for row in 0..<result.rows {
    let source = table.base + Int(ids.base[start + row]) * table.stride
    (result.base + row * result.stride).update(from: source, count: result.stride)
  }
}

/// The places of each distinct token of a batch.
public final class TokenIndex {
  /// How many distinct tokens the batch has.
  public private(set) var distinct = 0
  private let counts: IndexBuffer
  /// The distinct tokens, ascending.
  let tokens: IndexBuffer
  /// Where each distinct token's places begin in `places`, and one more.
  let starts: IndexBuffer
  let places: IndexBuffer

  /// Room for `capacity` places of ids below `vocabulary`.
  public init(vocabulary: Int, capacity: Int) {
    counts = IndexBuffer(vocabulary + 1)
    tokens = IndexBuffer(min(vocabulary, capacity))
    starts = IndexBuffer(min(vocabulary, capacity) + 1)
    places = IndexBuffer(capacity)
  }

  /// Lists the first `count` of `ids` by token (a counting sort).
  public func build(_ ids: IndexBuffer, count: Int) {
    counts.fill(0, 0..<counts.count)
    for place in 0..<count { counts.base[Int(ids.base[place])] += 1 }
    distinct = 0
    var start: Int32 = 0
    for token in 0..<counts.count - 1 where counts.base[token] > 0 {
      tokens.base[distinct] = Int32(token)
      starts.base[distinct] = start
      distinct += 1
      (counts.base[token], start) = (start, start + counts.base[token])
    }
    starts.base[distinct] = start
    for place in 0..<count {
      let token = Int(ids.base[place])
      places.base[Int(counts.base[token])] = Int32(place)
      counts.base[token] += 1
    }
  }
}

/// `result[token] = sum of gradient rows at the token's places`, for distinct tokens number `range`.
public func sumRows(_ gradient: Matrix, by index: TokenIndex, _ range: Range<Int>, into result: Matrix) {
  for number in range {
    let places = Int(index.starts.base[number])..<Int(index.starts.base[number + 1])
    let target = result.base + Int(index.tokens.base[number]) * result.stride
    for column in stride(from: 0, to: result.stride, by: 16) {
      var sum = Lanes(repeating: 0)
      for place in places {
        sum += (gradient.base + Int(index.places.base[place]) * gradient.stride + column).lanes
      }
      (target + column).lanes = sum
    }
  }
}

/// Sets the rows of all distinct tokens to zero.
public func clearRows(of index: TokenIndex, in result: Matrix) {
  for number in 0..<index.distinct {
    let row = Int(index.tokens.base[number])
    (result.base + row * result.stride).update(repeating: 0, count: result.stride)
  }
}
