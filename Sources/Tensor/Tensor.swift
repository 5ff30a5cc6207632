// A tensor as the stages exchange it: a shape and a typed array in C order, an immutable value.
// Networks compute in buffers of their own (see Kernels); this is the form at rest and in the stream.

/// The typed storage of a tensor.
public enum Elements: Sendable, Equatable {
  case u8([UInt8])
  case i32([Int32])
  case i64([Int64])
  case f32([Float])
  case f64([Double])

  /// The type of the stored elements.
  public var type: ElementType {
    switch self {
    case .u8: .u8
    case .i32: .i32
    case .i64: .i64
    case .f32: .f32
    case .f64: .f64
    }
  }

  /// How many elements are stored.
  public var count: Int {
    switch self {
    case .u8(let values): values.count
    case .i32(let values): values.count
    case .i64(let values): values.count
    case .f32(let values): values.count
    case .f64(let values): values.count
    }
  }
}

/// A dense tensor in C order. Its first dimension counts rows.
public struct Tensor: Sendable, Equatable {
  /// The extent of each dimension; empty for a scalar.
  public let shape: [Int]
  /// The elements, last dimension fastest.
  public let elements: Elements

  /// Traps where the shape's product is not the number of elements: a programmer's error.
  public init(shape: [Int], elements: Elements) {
    precondition(shape.reduce(1, *) == elements.count, "shape \(shape) of \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  /// `values` in C order as a tensor of `shape`; one dimension where no shape is given.
  public init<T: Element>(_ values: [T], shape: [Int]? = nil) {
    self.init(shape: shape ?? [values.count], elements: T.wrap(values))
  }

  /// The element type.
  public var type: ElementType { elements.type }
  /// The number of elements.
  public var count: Int { elements.count }
  /// The extent of the first dimension; 1 for a scalar.
  public var rows: Int { shape.first ?? 1 }
  /// The shape of one row.
  public var rowShape: [Int] { Array(shape.dropFirst()) }
  /// The number of elements in one row.
  public var rowWidth: Int { shape.dropFirst().reduce(1, *) }

  /// The elements as they are stored, or nil where they are of another type.
  public func values<T: Element>(as type: T.Type = T.self) -> [T]? { T.unwrap(elements) }

  /// The same elements under another shape of the same size.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, elements: elements) }
}

// MARK: - Rows

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

  /// A tensor of no rows with this one's type and row shape.
  public var emptied: Tensor { slice(0..<0) }

  /// All rows of `parts` one after another, or nil where types or row shapes differ, or `parts` is empty.
  public static func joined(_ parts: [Tensor]) -> Tensor? {
    guard let first = parts.first else { return nil }
    guard parts.allSatisfy({ $0.type == first.type && $0.rowShape == first.rowShape }) else { return nil }
    if parts.count == 1 { return first }
    let shape = [parts.reduce(0) { $0 + $1.rows }] + first.rowShape
    return Tensor(shape: shape, elements: first.elements.transformed(by: Join(parts: parts)))
  }
}

/// A change of an array's contents that is the same for every element type.
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

// MARK: - Conversion

extension Tensor {
  /// The elements as single-precision numbers, rounded to nearest.
  public var floats: [Float] {
    switch elements {
    case .u8(let values): values.map(Float.init)
    case .i32(let values): values.map(Float.init)
    case .i64(let values): values.map(Float.init)
    case .f32(let values): values
    case .f64(let values): values.map(Float.init)
    }
  }

  /// The elements as double-precision numbers.
  public var doubles: [Double] {
    switch elements {
    case .u8(let values): values.map(Double.init)
    case .i32(let values): values.map(Double.init)
    case .i64(let values): values.map(Double.init)
    case .f32(let values): values.map(Double.init)
    case .f64(let values): values
    }
  }

  /// The elements as whole numbers, or nil where the tensor holds fractions' types.
  public var integers: [Int]? {
    switch elements {
    case .u8(let values): values.map(Int.init)
    case .i32(let values): values.map(Int.init)
    case .i64(let values): values.map(Int.init)
    case .f32, .f64: nil
    }
  }
}
