// Reading HDF5 files with weights written by Keras: nested groups that contain arrays of numbers.
//
// The format is implemented here rather than by libhdf5 because files may come from untrusted sources: every offset,
// size and count is checked against the actual bytes before it is used, memory is proportional to the bytes received,
// and no file can crash a stage (Debian's libhdf5 1.10 crashes on one damaged file in two hundred). Features that
// Keras and h5py don't use by default (compression, links to other files, the newest kinds of group) are rejected
// with an error that names them.
//
// Format: HDF5 File Format Specification 3.0, https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html

import Failures

/// The groups and arrays of an HDF5 file, found without reading any array.
public struct HDF5File: Sendable {
  /// The arrays by path, such as `layers/lstm/cell/vars/0`.
  public let arrays: [String: HDF5Array]
  /// The groups by path; the root is "".
  public var groups: Set<String> { Set(addresses.keys) }
  /// The addresses of the groups' headers.
  let addresses: [String: Int]
  let bytes: [UInt8]
  /// What reading the file may still cost.
  let budget: HDF5Budget
  /// The heaps with the texts of attributes.
  let heaps: HDF5GlobalHeaps

  /// The signature that every HDF5 file begins with.
  public static let magic: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

  /// Finds the groups and arrays in a file's bytes.
  /// - Throws: `Failure` (data) if it is damaged, truncated, or of an unsupported kind.
  public init(_ bytes: [UInt8]) throws(Failure) {
    budget = HDF5Budget(fileSize: bytes.count)
    heaps = HDF5GlobalHeaps(bytes, budget)
    var walk = HDF5Walk(bytes, budget)
    try walk.visit(try HDF5Root(bytes).header, path: "", depth: 0)
    self.bytes = bytes
    arrays = walk.arrays
    addresses = walk.groups
  }

  /// The numbers of an array, rounded to single precision.
  /// - Throws: `Failure` (data) if there is no array at this path, or it is stored in an unsupported way.
  public func floats(_ path: String) throws(Failure) -> [Float] {
    guard let array = arrays[path] else { throw Failure.data("there is no array \(path)") }
    if let obstacle = array.obstacle {
      throw Failure.data("the array \(path) is \(obstacle)", remedy: "save it with Keras's default settings")
    }
    return array.type == .f64
      ? bytes[array.range].numbers(UInt64.self) { Float(Double(bitPattern: $0)) }
      : bytes[array.range].numbers(UInt32.self) { Float(bitPattern: $0) }
  }
}

extension ArraySlice<UInt8> {
  /// Numbers from little-endian bit patterns.
  fileprivate func numbers<Bits: FixedWidthInteger>(
    _ type: Bits.Type, _ number: (Bits) -> Float
  ) -> [Float] {
    withUnsafeBytes { raw in
      stride(from: 0, to: raw.count, by: MemoryLayout<Bits>.size).map {
        number(Bits(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: Bits.self)))
      }
    }
  }
}

/// An array in a file: its shape and type, and where its numbers are.
public struct HDF5Array: Sendable, Equatable {
  /// Types of numbers.
  public enum NumberType: Sendable, Equatable {
    /// Single precision.
    case f32
    /// Double precision.
    case f64
    /// An unsupported type, described for messages.
    case other(String)
  }

  /// The extent of each dimension; empty for a single number.
  public let shape: [Int]
  /// The elements' type.
  public let type: NumberType
  /// The range of the file with the elements in C order; it has been checked to be within the file.
  let range: Range<Int>
  /// Why the elements can't be read, for messages; nil if they can.
  public let obstacle: String?
}

/// Where a file begins: the superblock.
struct HDF5Root {
  /// The address of the root group's object header.
  let header: Int

  init(_ bytes: [UInt8]) throws(Failure) {
    guard bytes.starts(with: HDF5File.magic) else {
      throw Failure.data("this is not an HDF5 file", remedy: "use a .weights.h5 file written by Keras")
    }
    var cursor = try HDF5Cursor(bytes, at: 8)
    let version = try cursor.int(1)
    guard version <= 3 else {
      throw Failure.data("HDF5 superblock version \(version) is newer than supported")
    }
    if version < 2 { try cursor.skip(4) }
    guard try cursor.int(1) == 8, try cursor.int(1) == 8 else {
      throw Failure.data("the HDF5 file has addresses of other than 64 bits, which are not supported")
    }
    // Consistency flags, preceded in old files by the sizes of tree nodes; neither is needed.
    try cursor.skip(version < 2 ? (version == 1 ? 13 : 9) : 1)
    guard try cursor.number(8) == 0 else {
      throw Failure.data("the HDF5 file has a user block, which is not supported")
    }
    // Addresses: free space or extension, end of file, then driver information and a link's name offset.
    try cursor.skip(8)
    let end = try cursor.number(8)
    guard end <= UInt64(bytes.count) else {
      throw Failure.data("the HDF5 file is truncated", remedy: "save or fetch it again")
    }
    if version < 2 { try cursor.skip(16) }
    header = try cursor.address()
  }
}
