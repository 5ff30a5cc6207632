// The seek table in zstd's seekable format, which is also a stream's end mark: one entry for every frame before it,
// including skippable ones, so that the offset of every frame is the sum of the sizes before it.
// Format: https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md

import ByteStreams
import Failures

/// The table's entry for one frame.
struct FrameRecord: Equatable, Sendable {
  /// The size of the frame in bytes.
  var compressed: Int
  /// The size of the frame's contents in bytes; 0 for a skippable frame.
  var decompressed: Int
  /// The low 32 bits of the XXH64 of the contents, as in a zstd frame's checksum.
  var checksum: UInt32

  /// A skippable frame, which decompresses to nothing; its checksum is that of zero bytes.
  static func skippable(_ size: Int) -> FrameRecord {
    FrameRecord(compressed: size, decompressed: 0, checksum: 0x51D8_E999)
  }
}

enum SeekTable {
  static let magic: UInt32 = 0x184D_2A5E
  static let footerMagic: UInt32 = 0x8F92_EAB1
  /// The descriptor byte: entries have checksums, reserved bits are zero.
  static let descriptor: UInt8 = 0x80
  static let footerSize = 9
  static let entrySize = 12
  /// The size of the magic number and the size field at the beginning of every skippable frame.
  static let frameHeaderSize = 8

  /// The table of `records` as a skippable frame.
  static func encoded(_ records: [FrameRecord]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: magic)
    bytes.append(number: UInt32(truncatingIfNeeded: contentSize(records.count)))
    for record in records {
      bytes.append(number: UInt32(truncatingIfNeeded: record.compressed))
      bytes.append(number: UInt32(truncatingIfNeeded: record.decompressed))
      bytes.append(number: record.checksum)
    }
    bytes.append(number: UInt32(truncatingIfNeeded: records.count))
    bytes.append(descriptor)
    bytes.append(number: footerMagic)
    return bytes
  }

  /// The size of a table of `count` frames, without the eight bytes before it.
  static func contentSize(_ count: Int) -> Int { count * entrySize + footerSize }

  /// One entry.
  static func record(_ bytes: [UInt8], at offset: Int) -> FrameRecord {
    FrameRecord(
      compressed: Int(bytes.number(at: offset, as: UInt32.self)),
      decompressed: Int(bytes.number(at: offset + 4, as: UInt32.self)),
      checksum: bytes.number(at: offset + 8, as: UInt32.self))
  }

  /// The number of frames according to a footer.
  /// - Throws: `Failure.data` if it is not a valid footer.
  static func frameCount(footer bytes: [UInt8]) throws(Failure) -> Int {
    guard bytes.count == footerSize, bytes.number(at: 5, as: UInt32.self) == footerMagic,
      bytes[4] == descriptor
    else { throw StreamFault.damaged("its end mark has an invalid footer") }
    return Int(bytes.number(at: 0, as: UInt32.self))
  }

  /// Reads a table whose magic number has been recognized, and compares `frames` with it.
  /// - Throws: `Failure.data` if they differ.
  static func verify(_ frames: [FrameRecord], from input: BufferedSource) throws {
    let header = try whole(input, frameHeaderSize)
    let size = Int(header.number(at: 4, as: UInt32.self))
    guard size == contentSize(frames.count) else {
      let listed = (size - footerSize) / entrySize
      throw StreamFault.damaged("\(frames.count) frames, but its end mark lists \(listed)")
    }
    for (index, frame) in frames.enumerated() {
      guard record(try whole(input, entrySize), at: 0) == frame else {
        throw StreamFault.damaged("frame \(index + 1) does not match its end mark")
      }
    }
    guard try frameCount(footer: whole(input, footerSize)) == frames.count else {
      throw StreamFault.damaged("its end mark is inconsistent")
    }
  }

  private static func whole(_ input: BufferedSource, _ count: Int) throws -> [UInt8] {
    let bytes = try input.take(count)
    guard bytes.count == count else { throw StreamFault.truncated("within its end mark") }
    return bytes
  }
}
