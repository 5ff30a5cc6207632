// Rows of tensors: slicing, gathering and joining.

extension Tensor {
  /// Rows `range`, copied.
  public func slice(_ range: Range<Int>) -> Tensor {
    let slice = RowSlice(rows: range, width: rowWidth)
    return Tensor(shape: [range.count] + rowShape, elements: elements.transformed(by: slice))
  }

  /// The rows at `indices`, in that order.
  public func gather(_ indices: [Int]) -> Tensor {
    let gather = RowGather(indices: indices, width: rowWidth)
    return Tensor(shape: [indices.count] + rowShape, elements: elements.transformed(by: gather))
  }

  /// The rows of all `parts` concatenated, or nil if types or row shapes differ or `parts` is empty.
  public static func joined(_ parts: [Tensor]) -> Tensor? {
    guard let first = parts.first else { return nil }
    guard parts.allSatisfy({ $0.type == first.type && $0.rowShape == first.rowShape }) else { return nil }
    if parts.count == 1 { return first }
    let shape = [parts.reduce(0) { $0 + $1.rows }] + first.rowShape
    return Tensor(shape: shape, elements: first.elements.transformed(by: Join(parts: parts)))
  }
}

/// A transformation of an array that works for every element type.
private protocol StorageTransform {
  func apply<T: Element>(_ values: [T]) -> [T]
}

private struct RowSlice: StorageTransform {
  let rows: Range<Int>
  let width: Int
  func apply<T: Element>(_ values: [T]) -> [T] {
    Array(values[rows.lowerBound * width..<rows.upperBound * width])
  }
}

private struct RowGather: StorageTransform {
  let indices: [Int]
  let width: Int
  func apply<T: Element>(_ values: [T]) -> [T] {
    var out: [T] = []
    out.reserveCapacity(indices.count * width)
    for index in indices { out.append(contentsOf: values[index * width..<(index + 1) * width]) }
    return out
  }
}

private struct Join: StorageTransform {
  let parts: [Tensor]
  func apply<T: Element>(_ values: [T]) -> [T] {
    var out: [T] = []
    out.reserveCapacity(parts.reduce(0) { $0 + $1.count })
    for part in parts { out.append(contentsOf: part.values(as: T.self) ?? []) }
    return out
  }
}

extension Elements {
  fileprivate func transformed(by change: some StorageTransform) -> Elements {
    switch self {
    case .u8(let values): .u8(change.apply(values))
    case .i32(let values): .i32(change.apply(values))
    case .i64(let values): .i64(change.apply(values))
    case .f32(let values): .f32(change.apply(values))
    case .f64(let values): .f64(change.apply(values))
    }
  }
}
