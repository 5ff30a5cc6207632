// Where bytes come from and where they go: the ends that readers and writers of streams are plugged into.

import Failures
import Glibc

/// Something bytes can be read from, in order.
public protocol ByteSource {
  /// At least one and at most `count` bytes, as soon as there are any; none at the end.
  mutating func read(upTo count: Int) throws -> [UInt8]

  /// The file that the bytes are in, where they can be read a second time from there.
  var origin: FileOrigin? { get }
}

extension ByteSource {
  /// None: what doesn't say otherwise can be read once.
  public var origin: FileOrigin? { nil }
}

/// Something bytes can be written to, in order.
public protocol ByteSink {
  /// Takes all of `bytes`.
  mutating func write(_ bytes: [UInt8]) throws
}

/// Thrown where the reader of our output has gone away: no fault, the stage ends quietly.
public struct ClosedPipe: Error, Sendable, Equatable {
  /// The one value.
  public init() {}
}

/// A place in an open regular file.
public struct FileOrigin: Sendable, Equatable {
  /// The open file; whoever opened it keeps it open.
  public let descriptor: Int32
  /// Where the first byte was.
  public let offset: Int
}

/// Reads an open descriptor, which stays the caller's to close.
public struct FileSource: ByteSource {
  private let descriptor: Int32
  /// The file and the place where reading began, for a regular file; nil for pipes and terminals.
  public let origin: FileOrigin?

  /// Reads from where `descriptor` stands.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
    let offset = isRegularFile(descriptor) ? lseek(descriptor, 0, SEEK_CUR) : -1
    origin = offset < 0 ? nil : FileOrigin(descriptor: descriptor, offset: offset)
  }

  /// - Throws: `Failure` of kind `io`.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    try readBytes(upTo: count) { Glibc.read(descriptor, $0, $1) }
  }
}

/// Reads an open regular file from a place of its own, whatever else reads it.
struct PositionedSource: ByteSource {
  private let descriptor: Int32
  private var offset: Int
  private let end: Int

  init(_ origin: FileOrigin, end: Int = .max) {
    descriptor = origin.descriptor
    offset = origin.offset
    self.end = end
  }

  mutating func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try readBytes(upTo: min(count, end - offset)) { pread(descriptor, $0, $1, offset) }
    offset += bytes.count
    return bytes
  }
}

/// Writes an open descriptor, which stays the caller's to close.
public struct FileSink: ByteSink {
  private let descriptor: Int32

  /// Writes from where `descriptor` stands.
  public init(descriptor: Int32) { self.descriptor = descriptor }

  /// - Throws: `ClosedPipe` where the reader has gone, `Failure` of kind `io` otherwise.
  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var rest = buffer[...]
      while !rest.isEmpty {
        let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if written >= 0 { rest = rest.dropFirst(written) } else { try checkWriteError(errno) }
      }
    }
  }
}

/// Bytes held in memory.
public struct MemorySource: ByteSource {
  private var bytes: ArraySlice<UInt8>

  /// A source that gives `bytes` once.
  public init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  /// The next `count` bytes, or what is left.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }
}

/// A source whose first bytes can be looked at before they are read.
public struct PeekedSource: ByteSource {
  private var base: any ByteSource
  private var ahead: [UInt8] = []

  /// Reads `base` from here on.
  public init(_ base: any ByteSource) { self.base = base }

  /// The next `count` bytes without taking them; fewer only where the source ends before.
  public mutating func peek(_ count: Int) throws -> [UInt8] {
    while ahead.count < count {
      let more = try base.read(upTo: count - ahead.count)
      if more.isEmpty { break }
      ahead += more
    }
    return Array(ahead.prefix(count))
  }

  /// At most `count` bytes, those looked at before first; none at the end.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    guard !ahead.isEmpty else { return try base.read(upTo: count) }
    defer { ahead.removeFirst(min(count, ahead.count)) }
    return Array(ahead.prefix(count))
  }

  /// The file behind it, from the place where its base began.
  public var origin: FileOrigin? { base.origin }
}

private func isRegularFile(_ descriptor: Int32) -> Bool {
  var status = stat()
  return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// One `read`, tried again where a signal interrupted it.
private func readBytes(
  upTo count: Int, _ read: (UnsafeMutableRawPointer?, Int) -> Int
) throws -> [UInt8] {
  guard count > 0 else { return [] }
  return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
    var received = read(buffer.baseAddress, count)
    while received < 0 && errno == EINTR { received = read(buffer.baseAddress, count) }
    guard received >= 0 else { throw Failure(.io, "can't be read: \(String(cString: strerror(errno)))") }
    filled = received
  }
}

private func checkWriteError(_ code: Int32) throws {
  switch code {
  case EINTR: return
  case EPIPE: throw ClosedPipe()
  case ENOSPC, EDQUOT:
    throw Failure(.io, "can't be written: \(String(cString: strerror(code)))", remedy: "free some space")
  default: throw Failure(.io, "can't be written: \(String(cString: strerror(code)))")
  }
}
