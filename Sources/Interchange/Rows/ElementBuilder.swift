// Typed elements from numbers in text.

import Tensor

/// Elements of one type, appended from text.
struct ElementBuilder {
  private(set) var elements: Elements

  init(_ type: ElementType) {
    switch type {
    case .u8: elements = .u8([])
    case .i32: elements = .i32([])
    case .i64: elements = .i64([])
    case .f32: elements = .f32([])
    case .f64: elements = .f64([])
    }
  }

  /// Appends the number in `text`; an empty text is NaN.
  /// - Returns: whether it is a number of the type.
  mutating func append(_ text: String) -> Bool {
    switch elements {
    case .u8(var values): add(UInt8(text), &values, Elements.u8)
    case .i32(var values): add(Int32(text), &values, Elements.i32)
    case .i64(var values): add(Int64(text), &values, Elements.i64)
    case .f32(var values): add(text.isEmpty ? .nan : Float(text), &values, Elements.f32)
    case .f64(var values): add(text.isEmpty ? .nan : Double(text), &values, Elements.f64)
    }
  }

  private mutating func add<T>(_ value: T?, _ values: inout [T], _ wrap: ([T]) -> Elements) -> Bool {
    guard let value else { return false }
    // The array must have a single owner, otherwise appending copies it.
    elements = .u8([])
    values.append(value)
    elements = wrap(values)
    return true
  }
}
