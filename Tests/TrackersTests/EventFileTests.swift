// Event files: the checksum, the records and the messages, byte by byte.

import Protobuf
import Testing
import Trackers

@Suite struct CRC32CTests {
  /// RFC 3720, B.4, and the usual check value.
  @Test(
    arguments: [
      (Array("123456789".utf8), 0xE306_9283), ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43), (Array(0..<32), 0x46DD_794E),
      (Array((0..<32).reversed()), 0x113F_DB5C), ([], 0),
    ] as [([UInt8], UInt32)])
  func knownSums(_ bytes: [UInt8], _ sum: UInt32) { #expect(CRC32C.checksum(bytes) == sum) }
}

@Suite struct EventTests {
  /// The first record of event files, as TensorFlow writes it: length, masked checksum of the length, message, masked
  /// checksum of the message.
  @Test func fileVersion() {
    let record = Event.fileVersion(time: 1_500)
    let message: [UInt8] = [9, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 26, 13] + Array("brain.Event:2".utf8)
    #expect(record.prefix(12) == [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
    #expect(Array(record[12..<36]) == message)
    #expect(Array(record.suffix(4)) == littleEndianBytes(CRC32C.masked(message)))
    #expect(record.count == 40)
  }

  @Test func scalars() {
    let values = [TrackedMetric(name: "a", step: 300, value: 0.5, time: 2_000)]
    let message = Event.scalars(step: 300, values).dropFirst(12).dropLast(4)
    let expected: [UInt8] = [
      9, 0, 0, 0, 0, 0, 0, 0, 0x40,  // wall_time: 2.0
      16, 0xAC, 0x02,  // step: 300
      42, 10, 10, 8, 10, 1, 97, 21, 0, 0, 0, 0x3F,  // summary { value { tag: "a", simple_value: 0.5 } }
    ]
    #expect(Array(message) == expected)
  }

  @Test func negativeAndLargeNumbers() {
    var message = ProtobufMessage()
    message.integer(2, -1)
    message.integer(1, .max)
    #expect(
      message.bytes == [16] + [UInt8](repeating: 0xFF, count: 9) + [1, 8] + [UInt8](repeating: 0xFF, count: 8)
        + [0x7F])
  }

  @Test func endIsRecognized() {
    let stop = Event.sessionStop(time: 1_796_030_945_123)
    #expect(Event.endsWithSessionStop([1, 2, 3] + stop))
    #expect(Event.endsWithSessionStop(stop))
    #expect(!Event.endsWithSessionStop(Array(stop.dropLast())))
    #expect(!Event.endsWithSessionStop(Event.sessionStart(step: 0, time: 5)))
    #expect(!Event.endsWithSessionStop([]))
  }
}
