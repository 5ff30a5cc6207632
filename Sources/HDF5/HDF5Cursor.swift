// Reading numbers from a file's bytes with bounds checks.

import Failures

/// A position in a file that advances as numbers are read.
struct HDF5Cursor {
  let bytes: [UInt8]
  private(set) var offset: Int
  private let end: Int

  /// - Parameter count: how many bytes may be read; nil for all up to the end of the file.
  init(_ bytes: [UInt8], at offset: Int, count: Int? = nil) throws(Failure) {
    guard offset >= 0, offset <= bytes.count, count.map({ $0 >= 0 && $0 <= bytes.count - offset }) ?? true
    else { throw HDF5Cursor.damaged("it refers to bytes outside the file") }
    self.bytes = bytes
    self.offset = offset
    end = count.map { offset + $0 } ?? bytes.count
  }

  static func damaged(_ problem: String) -> Failure {
    .data("damaged HDF5 file: \(problem)", remedy: "save or fetch it again")
  }

  /// The number of remaining bytes.
  var left: Int { end - offset }

  mutating func skip(_ count: Int) throws(Failure) {
    guard count >= 0, count <= left else { throw HDF5Cursor.damaged("a part of it is too short") }
    offset += count
  }

  /// A little-endian number of `size` bytes, at most 8.
  mutating func number(_ size: Int) throws(Failure) -> UInt64 {
    let start = offset
    try skip(size)
    var number: UInt64 = 0
    for index in (start..<offset).reversed() { number = number << 8 | UInt64(bytes[index]) }
    return number
  }

  /// A size or count.
  mutating func int(_ size: Int) throws(Failure) -> Int {
    guard let number = Int(exactly: try number(size)) else {
      throw HDF5Cursor.damaged("a size is impossible")
    }
    return number
  }

  /// The address of something in the file; nil if it is undefined.
  mutating func addressIfAny() throws(Failure) -> Int? {
    let number = try number(8)
    if number == .max { return nil }
    guard let address = Int(exactly: number), address <= bytes.count else {
      throw HDF5Cursor.damaged("an address lies outside the file")
    }
    return address
  }

  /// The address of something in the file.
  mutating func address() throws(Failure) -> Int {
    guard let address = try addressIfAny() else { throw HDF5Cursor.damaged("an address is missing") }
    return address
  }

  /// Skips the four-letter signature of a structure.
  mutating func expect(_ letters: String) throws(Failure) {
    let start = offset
    try skip(letters.utf8.count)
    guard bytes[start..<offset].elementsEqual(letters.utf8) else {
      throw HDF5Cursor.damaged("the signature '\(letters)' is missing")
    }
  }

  /// The next `count` bytes, as a cursor of their own.
  mutating func part(_ count: Int) throws(Failure) -> HDF5Cursor {
    let start = offset
    try skip(count)
    return try HDF5Cursor(bytes, at: start, count: count)
  }

  /// A name of `count` bytes.
  mutating func name(_ count: Int) throws(Failure) -> String {
    let start = offset
    try skip(count)
    return try HDF5Cursor.name(bytes[start..<offset])
  }

  /// The maximum length of a name in bytes, ten times that of ordinary ones.
  private static let longestName = 4096

  /// A name from these bytes.
  static func name(_ bytes: ArraySlice<UInt8>) throws(Failure) -> String {
    guard bytes.count <= longestName else { throw damaged("a name is longer than \(longestName) bytes") }
    guard let name = String(validating: bytes, as: UTF8.self), !name.isEmpty, !name.contains("/"),
      name.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) })
    else { throw damaged("a name is not readable text") }
    return name
  }
}
