// NumPy's element types, and the types to which they are converted.

import Failures
import Tensor

/// An element type of a npy file, such as `<f4`.
struct NpyType: Equatable {
  /// `b` boolean, `i` signed, `u` unsigned, `f` floating.
  let kind: Character
  /// The size of an element in bytes.
  let size: Int
  let isBigEndian: Bool

  /// The NumPy type for one of rnnpipe's types.
  init(_ type: ElementType) {
    (kind, isBigEndian) = (type == .u8 ? "u" : type.isInteger ? "i" : "f", false)
    size = type.byteCount
  }

  /// Reads a `descr`.
  /// - Throws: a failure naming what can't be converted.
  init(parsing text: String, at name: String) throws(Failure) {
    let letters = Array(text)
    let size = letters.count > 2 ? Int(String(letters[2...])) : nil
    guard letters.count > 2, "<>|=".contains(letters[0]), let size else { throw NpyType.unknown(text, name) }
    let known: [Character: Set<Int>] = ["b": [1], "i": [1, 2, 4, 8], "u": [1, 2, 4, 8], "f": [2, 4, 8]]
    guard known[letters[1]]?.contains(size) == true else { throw NpyType.unknown(text, name) }
    (kind, self.size, isBigEndian) = (letters[1], size, letters[0] == ">")
  }

  private static func unknown(_ text: String, _ name: String) -> Failure {
    let kind = text.dropFirst().first
    if kind == "O" {
      return .data(
        "the array holds pickled Python objects, which can run arbitrary code", at: name,
        remedy: "in Python, save a numeric array, or one array of all values and one of lengths")
    }
    let meaning =
      kind == "U" || kind == "S"
      ? "text"
      : kind == "M" || kind == "m" ? "dates" : kind == "c" ? "complex numbers" : "elements of type \(text)"
    return .data("the array holds \(meaning), which can't be converted", at: name, remedy: "save numbers")
  }

  /// The type in the format of a npy header.
  var text: String { (size == 1 ? "|" : "<") + String(kind) + String(size) }

  /// The smallest supported type that represents every value of this one.
  var elementType: ElementType {
    switch (kind, size) {
    case ("b", _), ("u", 1): .u8
    case ("f", 8): .f64
    case ("f", _): .f32
    case ("u", 4), (_, 8): .i64
    default: .i32
    }
  }

  /// Elements from their bytes.
  /// - Throws: a failure if an unsigned 64-bit number exceeds the signed range.
  func elements(_ bytes: [UInt8], at name: String) throws(Failure) -> Elements {
    if elementType == .u8 { return .u8(bytes) }
    func numbers<Number: FixedWidthInteger>(_ type: Number.Type) -> [Number] {
      wholeNumbers(bytes, as: type, isBigEndian: isBigEndian)
    }
    switch (kind, size) {
    case ("f", 2): return .f32(numbers(UInt16.self).map { Float(halfBits: $0) })
    case ("f", 4): return .f32(numbers(UInt32.self).map { Float(bitPattern: $0) })
    case ("f", 8): return .f64(numbers(UInt64.self).map { Double(bitPattern: $0) })
    case ("i", 1): return .i32(numbers(Int8.self).map { Int32($0) })
    case ("i", 2): return .i32(numbers(Int16.self).map { Int32($0) })
    case ("u", 2): return .i32(numbers(UInt16.self).map { Int32($0) })
    case ("i", 4): return .i32(numbers(Int32.self))
    case ("u", 4): return .i64(numbers(UInt32.self).map { Int64($0) })
    case ("i", _): return .i64(numbers(Int64.self))
    default:
      let numbers = numbers(UInt64.self)
      guard numbers.allSatisfy({ $0 <= UInt64(Int64.max) }) else {
        throw .data("an unsigned number exceeds the range of 64-bit integers", at: name)
      }
      return .i64(numbers.map { Int64($0) })
    }
  }
}

extension Float {
  /// The value of an IEEE 754 half-precision number.
  init(halfBits bits: UInt16) {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF)
    switch exponent {
    case 0: self = sign * fraction * 0x1p-24
    case 0x1F: self = fraction == 0 ? sign * .infinity : .nan
    default:
      self = sign * (1 + fraction * 0x1p-10) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}
