// The elements of a tensor as numbers of one type.

extension Tensor {
  /// The elements in single precision, rounded to nearest.
  public var floats: [Float] {
    switch elements {
    case .u8(let values): values.map(Float.init)
    case .i32(let values): values.map(Float.init)
    case .i64(let values): values.map(Float.init)
    case .f32(let values): values
    case .f64(let values): values.map(Float.init)
    }
  }

  /// The elements in double precision.
  public var doubles: [Double] {
    switch elements {
    case .u8(let values): values.map(Double.init)
    case .i32(let values): values.map(Double.init)
    case .i64(let values): values.map(Double.init)
    case .f32(let values): values.map(Double.init)
    case .f64(let values): values
    }
  }

  /// The elements as integers, or nil if the element type is a floating-point type.
  public var integers: [Int]? {
    switch elements {
    case .u8(let values): values.map(Int.init)
    case .i32(let values): values.map(Int.init)
    case .i64(let values): values.map(Int.init)
    case .f32, .f64: nil
    }
  }
}
