// Reading open files, pipes and terminals from their current position, or regular files from an independent position.

import Failures
import OperatingSystem
import SystemPackage

/// Reads from an open descriptor, which the caller closes.
public struct FileSource: ByteSource {
  private let descriptor: FileDescriptor
  /// The place in a regular file where reading began; nil for pipes and terminals.
  public let start: FilePosition?

  /// Reads from the descriptor's position.
  public init(_ descriptor: FileDescriptor) {
    self.descriptor = descriptor
    let isRegular = (try? descriptor.stat().type) == .regular
    let offset = isRegular ? try? descriptor.seek(offset: 0, from: .current) : nil
    start = offset.map { FilePosition(descriptor, offset: Int($0)) }
  }

  /// - Throws: `Failure` of kind `io`.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    try readBytes(upTo: count) { try descriptor.read(into: $0) }
  }
}

/// Reads an open regular file from a position that is independent of other readers.
public struct PositionedSource: ByteSource {
  private let descriptor: FileDescriptor
  private var offset: Int
  private let end: Int

  /// Reads from `position` to the end of the file, or to the offset `end`.
  public init(_ position: FilePosition, end: Int = .max) {
    descriptor = position.descriptor
    offset = position.offset
    self.end = end
  }

  /// - Throws: `Failure` of kind `io`.
  public mutating func read(upTo count: Int) throws -> [UInt8] {
    let bytes = try readBytes(upTo: min(count, end - offset)) {
      try descriptor.read(fromAbsoluteOffset: Int64(offset), into: $0)
    }
    offset += bytes.count
    return bytes
  }
}

private func readBytes(
  upTo count: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Int
) throws -> [UInt8] {
  guard count > 0 else { return [] }
  do {
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = try read(UnsafeMutableRawBufferPointer(buffer))
    }
  } catch let error as Errno {
    throw Failure(.io, "can't be read: \(error.text)")
  }
}
