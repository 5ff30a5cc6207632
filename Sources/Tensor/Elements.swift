// The typed storage of tensors.

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
