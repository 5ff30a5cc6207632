// The element types that a tensor can have.

/// The type of a tensor's elements; the raw value is its name in a safetensors header.
public enum ElementType: String, Sendable, CaseIterable {
  /// Unsigned bytes: text and flags.
  case u8 = "U8"
  /// 32-bit integers: token ids, lengths and labels.
  case i32 = "I32"
  /// 64-bit integers: times.
  case i64 = "I64"
  /// Single precision: network computations.
  case f32 = "F32"
  /// Double precision: series before scaling.
  case f64 = "F64"

  /// The size of an element in bytes.
  public var byteCount: Int {
    switch self {
    case .u8: 1
    case .i32, .f32: 4
    case .i64, .f64: 8
    }
  }

  /// Whether the elements are integers.
  public var isInteger: Bool { self != .f32 && self != .f64 }
}
