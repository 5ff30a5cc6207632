// The tensors that stages exchange: an immutable shape and a typed array in C order. Networks compute in
// their own buffers (see Kernels); this is the form in files and streams.

/// A dense tensor in C order. Its first dimension counts rows.
public struct Tensor: Sendable, Equatable {
  /// The size of each dimension; empty for a scalar.
  public let shape: [Int]
  /// The elements; the last dimension varies fastest.
  public let elements: Elements

  /// Traps unless the product of `shape` is the number of elements (a programming error).
  public init(shape: [Int], elements: Elements) {
    precondition(shape.reduce(1, *) == elements.count, "shape \(shape) of \(elements.count) elements")
    self.shape = shape
    self.elements = elements
  }

  /// A tensor of `values` in C order; by default with one dimension.
  public init<T: Element>(_ values: [T], shape: [Int]? = nil) {
    self.init(shape: shape ?? [values.count], elements: T.wrap(values))
  }

  /// The element type.
  public var type: ElementType { elements.type }
  /// The number of elements.
  public var count: Int { elements.count }
  /// The size of the first dimension; 1 for a scalar.
  public var rows: Int { shape.first ?? 1 }
  /// The shape of one row.
  public var rowShape: [Int] { Array(shape.dropFirst()) }
  /// The number of elements in one row.
  public var rowWidth: Int { shape.dropFirst().reduce(1, *) }

  /// The stored elements, or nil if they have another type.
  public func values<T: Element>(as type: T.Type = T.self) -> [T]? { T.unwrap(elements) }

  /// The same elements with another shape of the same size.
  public func reshaped(_ shape: [Int]) -> Tensor { Tensor(shape: shape, elements: elements) }
}
