// The Swift number types that tensors can hold.

/// A Swift number type that a tensor can hold.
public protocol Element: Sendable, Equatable {
  /// The element type that stores this Swift type.
  static var elementType: ElementType { get }
  /// `values` as tensor storage.
  static func wrap(_ values: [Self]) -> Elements
  /// The stored array, or nil if the storage has another type.
  static func unwrap(_ elements: Elements) -> [Self]?
}

extension UInt8: Element {
  /// U8.
  public static var elementType: ElementType { .u8 }
  /// `values` as U8 storage.
  public static func wrap(_ values: [UInt8]) -> Elements { .u8(values) }
  /// The bytes, or nil if the storage is not U8.
  public static func unwrap(_ elements: Elements) -> [UInt8]? {
    if case .u8(let values) = elements { values } else { nil }
  }
}

extension Int32: Element {
  /// I32.
  public static var elementType: ElementType { .i32 }
  /// `values` as I32 storage.
  public static func wrap(_ values: [Int32]) -> Elements { .i32(values) }
  /// The integers, or nil if the storage is not I32.
  public static func unwrap(_ elements: Elements) -> [Int32]? {
    if case .i32(let values) = elements { values } else { nil }
  }
}

extension Int64: Element {
  /// I64.
  public static var elementType: ElementType { .i64 }
  /// `values` as I64 storage.
  public static func wrap(_ values: [Int64]) -> Elements { .i64(values) }
  /// The integers, or nil if the storage is not I64.
  public static func unwrap(_ elements: Elements) -> [Int64]? {
    if case .i64(let values) = elements { values } else { nil }
  }
}

extension Float: Element {
  /// F32.
  public static var elementType: ElementType { .f32 }
  /// `values` as F32 storage.
  public static func wrap(_ values: [Float]) -> Elements { .f32(values) }
  /// The numbers, or nil if the storage is not F32.
  public static func unwrap(_ elements: Elements) -> [Float]? {
    if case .f32(let values) = elements { values } else { nil }
  }
}

extension Double: Element {
  /// F64.
  public static var elementType: ElementType { .f64 }
  /// `values` as F64 storage.
  public static func wrap(_ values: [Double]) -> Elements { .f64(values) }
  /// The numbers, or nil if the storage is not F64.
  public static func unwrap(_ elements: Elements) -> [Double]? {
    if case .f64(let values) = elements { values } else { nil }
  }
}
