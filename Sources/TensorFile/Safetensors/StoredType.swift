// The element types of safetensors documents, and the types to which they are converted.

import Tensor

/// An element type, named as in a safetensors header.
enum StoredType: String, Sendable {
  case bool = "BOOL"
  case u8 = "U8"
  case i8 = "I8"
  case u16 = "U16"
  case i16 = "I16"
  case u32 = "U32"
  case i32 = "I32"
  case i64 = "I64"
  case f16 = "F16"
  case bf16 = "BF16"
  case f32 = "F32"
  case f64 = "F64"

  init(_ type: ElementType) {
    switch type {
    case .u8: self = .u8
    case .i32: self = .i32
    case .i64: self = .i64
    case .f32: self = .f32
    case .f64: self = .f64
    }
  }

  /// The size of an element in bytes.
  var byteCount: Int {
    switch self {
    case .bool, .u8, .i8: 1
    case .u16, .i16, .f16, .bf16: 2
    case .u32, .i32, .f32: 4
    case .i64, .f64: 8
    }
  }

  /// The type to which it is converted: the smallest supported type that represents every value exactly.
  var elementType: ElementType {
    switch self {
    case .bool, .u8: .u8
    case .i8, .u16, .i16, .i32: .i32
    case .u32, .i64: .i64
    case .f16, .bf16, .f32: .f32
    case .f64: .f64
    }
  }

  /// The elements stored in `range` of `bytes`, whose length must be a multiple of `byteCount`.
  func elements(_ bytes: [UInt8], _ range: Range<Int>) -> Elements {
    switch self {
    case .bool, .u8: .u8(Array(bytes[range]))
    case .i8: .i32(bytes.numbers(range, as: Int8.self).map(Int32.init))
    case .u16: .i32(bytes.numbers(range, as: UInt16.self).map(Int32.init))
    case .i16: .i32(bytes.numbers(range, as: Int16.self).map(Int32.init))
    case .u32: .i64(bytes.numbers(range, as: UInt32.self).map(Int64.init))
    case .i32: .i32(bytes.numbers(range))
    case .i64: .i64(bytes.numbers(range))
    case .f16: .f32(bytes.numbers(range, as: UInt16.self).map(widenHalf))
    case .bf16: .f32(bytes.numbers(range, as: UInt16.self).map { Float(bitPattern: UInt32($0) << 16) })
    case .f32: .f32(bytes.numbers(range))
    case .f64: .f64(bytes.numbers(range))
    }
  }
}
