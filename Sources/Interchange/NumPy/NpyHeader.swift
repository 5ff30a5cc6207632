// The header of NumPy's npy format, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

import Failures
import Tensor

/// The description of an array in a npy file.
struct NpyHeader: Equatable {
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  let type: NpyType
  /// Whether the first dimension varies fastest.
  let isFortranOrder: Bool
  let shape: [Int]

  init(type: NpyType, isFortranOrder: Bool = false, shape: [Int]) {
    (self.type, self.isFortranOrder, self.shape) = (type, isFortranOrder, shape)
  }

  /// The number of rows; a scalar is one row.
  var rows: Int { shape.first ?? 1 }
  var rowShape: [Int] { Array(shape.dropFirst()) }
  /// The number of elements in a row.
  var rowWidth: Int { rowShape.reduce(1, *) }

  /// The maximum size of a row in bytes.
  static let longestRow = 256 << 20

  /// Reads the header.
  init(_ reader: inout ExactReader, named name: String) throws {
    let start = try reader.bytes(8)
    guard Array(start[..<6]) == NpyHeader.magic else {
      throw Failure.data("this is not a npy file", at: name)
    }
    guard (1...3).contains(start[6]) else {
      throw Failure.data("this npy file has version \(start[6]); versions 1 to 3 are supported", at: name)
    }
    let length = try reader.bytes(start[6] == 1 ? 2 : 4).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 20 else { throw Failure.data("the npy header is longer than 1 MiB", at: name) }
    var literal = PythonLiteral(try reader.bytes(length), named: name)
    let fields = try literal.dictionary()
    guard case .text(let descr)? = fields["descr"], case .flag(let order)? = fields["fortran_order"],
      case .numbers(let shape)? = fields["shape"], fields.count == 3
    else {
      if case .other? = fields["descr"] {
        throw Failure.data(
          "the array has named fields, which can't be converted", at: name, remedy: "save one array each")
      }
      throw Failure.data("the npy header can't be read", at: name)
    }
    self.init(type: try NpyType(parsing: descr, at: name), isFortranOrder: order, shape: shape)
    try check(name)
  }

  private func check(_ name: String) throws(Failure) {
    var total = type.size
    for extent in shape {
      let (product, overflow) = total.multipliedReportingOverflow(by: max(1, extent))
      guard !overflow else { throw .data("the shape \(shape) is too large for any memory", at: name) }
      total = product
    }
    guard rowWidth > 0 || rows == 0 else {
      throw .data("the rows of shape \(shape) have no elements", at: name)
    }
    guard rowWidth <= NpyHeader.longestRow / type.elementType.byteCount else {
      throw .data("one row of shape \(rowShape) is larger than 256 MiB", at: name)
    }
  }

  /// The header's bytes, padded so that the array begins at a multiple of 64.
  var encoded: [UInt8] {
    let list = shape.map(String.init).joined(separator: ", ")
    let tuple = shape.count == 1 ? "(\(list),)" : "(\(list))"
    let order = isFortranOrder ? "True" : "False"
    let text = "{'descr': '\(type.text)', 'fortran_order': \(order), 'shape': \(tuple), }"
    // The header's length has two bytes in version 1, four in later ones.
    let isShort = text.utf8.count + 11 + 64 <= 0xFFFF
    let fixed = isShort ? 10 : 12
    let padding = (64 - (fixed + text.utf8.count + 1) % 64) % 64
    let length = text.utf8.count + padding + 1
    let size = (0..<(isShort ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    let spaces = [UInt8](repeating: 0x20, count: padding)
    return NpyHeader.magic + [isShort ? 1 : 2, 0] + size + Array(text.utf8) + spaces + [0x0A]
  }
}
