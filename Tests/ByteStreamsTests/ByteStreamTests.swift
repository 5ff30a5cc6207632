// Sources and sinks: files, pipes, and looking ahead.

import ByteStreams
import Failures
import Foundation
import OperatingSystem
import SystemPackage
import Testing

/// Returns two bytes at a time, as pipes may.
private struct ShortReads: ByteSource {
  var rest: ArraySlice<UInt8>

  mutating func read(upTo count: Int) throws -> [UInt8] {
    defer { rest = rest.dropFirst(min(2, count)) }
    return Array(rest.prefix(min(2, count)))
  }
}

@Suite struct ByteStreamTests {
  private func pipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    try #require(Foundation.pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  @Test func bytesPassThroughAPipe() throws {
    let ends = try pipe()
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
    var sink = FileSink(FileDescriptor(rawValue: ends.write))
    try sink.write(bytes)
    try sink.write([])
    close(ends.write)
    var source = FileSource(FileDescriptor(rawValue: ends.read))
    #expect(source.start == nil)
    var received: [UInt8] = []
    while case let more = try source.read(upTo: 999), !more.isEmpty { received += more }
    #expect(received == bytes)
    close(ends.read)
  }

  @Test func aClosedPipeIsNotAFailure() throws {
    signal(SIGPIPE, SIG_IGN)
    let ends = try pipe()
    close(ends.read)
    var sink = FileSink(FileDescriptor(rawValue: ends.write))
    #expect(throws: ClosedPipe.self) { try sink.write([1]) }
    close(ends.write)
  }

  @Test func aFullDeviceIsAFailure() throws {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    var sink = FileSink(FileDescriptor(rawValue: full))
    let failure = #expect(throws: Failure.self) { try sink.write([1]) }
    #expect(failure?.kind == .io)
  }

  @Test func unreadableDescriptorsAreFailures() throws {
    let folder = open("/tmp", O_RDONLY)
    defer { close(folder) }
    for descriptor in [folder, -1] {
      var source = FileSource(FileDescriptor(rawValue: descriptor))
      let failure = #expect(throws: Failure.self) { try source.read(upTo: 1) }
      #expect(failure?.kind == .io)
    }
  }

  @Test func peekingConsumesNothing() throws {
    var source = PeekedSource(ShortReads(rest: [1, 2, 3, 4, 5]))
    #expect(try source.peek(3) == [1, 2, 3])
    #expect(try source.peek(1) == [1])
    var all: [UInt8] = []
    while case let more = try source.read(upTo: 2), !more.isEmpty { all += more }
    #expect(all == [1, 2, 3, 4, 5])
    #expect(try source.peek(9) == [])
  }

  @Test func temporaryFilesAreReadAgainAndAgain() throws {
    let file = try TemporaryFile(copying: ShortReads(rest: [1, 2, 3, 4, 5]))
    for _ in 0..<2 {
      var source = file.source()
      #expect(try source.read(upTo: 3) == [1, 2, 3])
      #expect(try source.read(upTo: 3) == [4, 5])
      #expect(try source.read(upTo: 3) == [])
    }
  }
}
