// Reading an array's description: its shape, element type, and the location of its bytes.

import Failures

extension HDF5Array {
  /// - Throws: `Failure` (data) if the header is damaged, or declares more bytes than the file has.
  init(_ header: HDF5Header, fileSize: Int) throws(Failure) {
    let shape = try Self.extents(header)
    let type = try Self.elementType(header)
    let storage = try Self.storage(header, fileSize: fileSize)
    let size = try Self.size(shape, type.size)
    let obstacle = Self.obstacle(header, type.type) ?? storage.obstacle
    guard obstacle != nil || storage.range.count >= size else {
      throw HDF5Cursor.damaged("an array of shape \(shape) has \(storage.range.count) bytes, not \(size)")
    }
    let start = storage.range.lowerBound
    self.init(
      shape: shape, type: type.type, range: obstacle == nil ? start..<start + size : 0..<0,
      obstacle: obstacle)
  }

  /// Why elements of that type can't be read; nil if they can.
  private static func obstacle(_ header: HDF5Header, _ type: NumberType) -> String? {
    if header.first(.externalFiles) != nil { return "stored in another file" }
    if case .other(let name) = type { return "of \(name), not F32" }
    return nil
  }

  /// The number of bytes for the shape.
  private static func size(_ shape: [Int], _ element: Int) throws(Failure) -> Int {
    var size = element
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw HDF5Cursor.damaged("an array has an impossible shape") }
      size = product
    }
    return size
  }

  private static func extents(_ header: HDF5Header) throws(Failure) -> [Int] {
    guard let message = header.first(.dataspace) else { throw HDF5Cursor.damaged("an array has no shape") }
    var cursor = try header.cursor(message)
    let (version, rank) = (try cursor.int(1), try cursor.int(1))
    guard version == 1 || version == 2, rank <= 8 else {
      throw HDF5Cursor.damaged("an array has an impossible shape")
    }
    try cursor.skip(version == 1 ? 6 : 2)
    var extents: [Int] = []
    for _ in 0..<rank { extents.append(try cursor.int(8)) }
    return extents
  }

  private static func elementType(_ header: HDF5Header) throws(Failure) -> (type: NumberType, size: Int) {
    guard let message = header.first(.datatype) else { throw HDF5Cursor.damaged("an array has no type") }
    if message.isShared { return (.other("a shared type"), 1) }
    var cursor = try header.cursor(message)
    let (kind, bits, size) = (try cursor.int(1) & 15, try cursor.int(3), try cursor.int(4))
    guard kind == 1 else { return (.other(kind == 0 ? "whole numbers" : "not numbers"), size) }
    // The positions and sizes of sign, exponent and mantissa must be IEEE's.
    let sign = bits >> 8 & 0xFF
    let rest = [try cursor.int(2), try cursor.int(2), try cursor.int(1), try cursor.int(1)]
    let mantissa = [try cursor.int(1), try cursor.int(1), try cursor.int(4)]
    let isLittleEndian = bits & 0x41 == 0
    switch (isLittleEndian, size, sign, rest, mantissa) {
    case (true, 4, 31, [0, 32, 23, 8], [0, 23, 127]): return (.f32, 4)
    case (true, 8, 63, [0, 64, 52, 11], [0, 52, 1023]): return (.f64, 8)
    default: return (.other(isLittleEndian ? "F\(size &* 8)" : "big-endian numbers"), size)
    }
  }

  private static func storage(
    _ header: HDF5Header, fileSize: Int
  ) throws(Failure) -> (range: Range<Int>, obstacle: String?) {
    guard let message = header.first(.layout) else { throw HDF5Cursor.damaged("an array has no location") }
    var cursor = try header.cursor(message)
    let (version, kind) = (try cursor.int(1), try cursor.int(1))
    guard version == 3 || version == 4 else { return (0..<0, "in the layout of very old files") }
    switch kind {
    case 0:
      let size = try cursor.int(2)
      let start = cursor.offset
      try cursor.skip(size)
      return (start..<start + size, nil)
    case 1:
      guard let address = try cursor.addressIfAny() else { return (0..<0, "empty") }
      let size = try cursor.int(8)
      guard size <= fileSize - address else {
        throw HDF5Cursor.damaged("an array of \(size) bytes extends beyond the end of the file")
      }
      return (address..<address + size, nil)
    default: return (0..<0, "compressed or chunked")
    }
  }
}
