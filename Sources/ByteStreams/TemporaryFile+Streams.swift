// Temporary files as byte streams: written once, then read any number of times.

import OperatingSystem

extension TemporaryFile: ByteSink {
  /// Appends bytes.
  /// - Throws: `Failure` of kind `io`, for example if the disk is full.
  public func write(_ bytes: [UInt8]) throws { try append(bytes) }

  /// The file's beginning.
  public var start: FilePosition { FilePosition(descriptor) }

  /// A source of everything written, from the beginning, independent of other readers.
  public func source() -> any ByteSource { PositionedSource(start) }

  /// A copy of a source, read to its end.
  /// - Throws: any error of the source; `Failure` if the file can't be created or written.
  public convenience init(copying source: any ByteSource) throws {
    try self.init()
    var source = source
    while case let bytes = try source.read(upTo: 1 << 18), !bytes.isEmpty { try append(bytes) }
  }
}
