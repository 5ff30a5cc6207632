// Records of TensorFlow's record files: the length, its checksum, the payload, its checksum.

import Protobuf

/// One record.
enum EventRecord {
  /// The record of a payload, whose numbers are little-endian: u64 length, u32 masked CRC-32C of the length's bytes, the
  /// payload, u32 masked CRC-32C of the payload.
  static func bytes(of payload: [UInt8]) -> [UInt8] {
    let length = littleEndianBytes(UInt64(payload.count))
    return length + littleEndianBytes(CRC32C.masked(length)) + payload
      + littleEndianBytes(CRC32C.masked(payload))
  }
}
