// The element types of KServe's V2 protocol.

import Tensor

/// An element type.
enum Datatype: String {
  case bool = "BOOL"
  case uint8 = "UINT8"
  case uint16 = "UINT16"
  case uint32 = "UINT32"
  case uint64 = "UINT64"
  case int8 = "INT8"
  case int16 = "INT16"
  case int32 = "INT32"
  case int64 = "INT64"
  case fp16 = "FP16"
  case bf16 = "BF16"
  case fp32 = "FP32"
  case fp64 = "FP64"
  case bytes = "BYTES"

  /// Whether elements are whole numbers.
  var isInteger: Bool {
    switch self {
    case .uint8, .uint16, .uint32, .uint64, .int8, .int16, .int32, .int64: true
    case .bool, .fp16, .bf16, .fp32, .fp64, .bytes: false
    }
  }

  /// Whether elements are numbers.
  var isNumber: Bool { self != .bool && self != .bytes }

  /// The type of a tensor's elements.
  init(_ type: ElementType) {
    switch type {
    case .u8: self = .uint8
    case .i32: self = .int32
    case .i64: self = .int64
    case .f32: self = .fp32
    case .f64: self = .fp64
    }
  }
}

extension ModelColumn.Content {
  /// The type in which it is described.
  var datatype: Datatype {
    switch self {
    case .ids: .int32
    case .singles: .fp32
    case .doubles: .fp64
    }
  }
}
