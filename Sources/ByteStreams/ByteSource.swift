// The source of bytes for the readers of all formats.

import SystemPackage

/// Something bytes can be read from, in order.
public protocol ByteSource {
  /// At least one and at most `count` bytes, as soon as any are available; none at the end.
  mutating func read(upTo count: Int) throws -> [UInt8]

  /// The place in a regular file where the bytes begin, for reading them a second time; nil if they can be
  /// read only once.
  var start: FilePosition? { get }
}

extension ByteSource {
  /// Nil: by default, a source can be read only once.
  public var start: FilePosition? { nil }
}

/// A place in an open regular file.
public struct FilePosition: Sendable, Equatable {
  /// The open file, which the caller keeps open.
  public let descriptor: FileDescriptor
  /// Bytes from the file's beginning.
  public let offset: Int

  /// The place `offset` bytes into a file.
  public init(_ descriptor: FileDescriptor, offset: Int = 0) {
    self.descriptor = descriptor
    self.offset = offset
  }
}
