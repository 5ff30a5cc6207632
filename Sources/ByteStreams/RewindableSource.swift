// Reading the beginning of a source twice, such as a pipe whose first part decides how all of it is read.

import OperatingSystem

/// A source that keeps what was read, until it is known whether it will be read again: in memory, and beyond that in
/// an unlinked temporary file.
public final class RewindableSource: ByteSource {
  private enum State { case keeping, again, passing }

  private var base: any ByteSource
  private let memoryBytes: Int
  private var state = State.keeping
  private var kept: [UInt8] = []
  private var position = 0
  private var spool: TemporaryFile?
  private var spooled: (any ByteSource)?

  /// - Parameter memoryBytes: how much is kept in memory before a file is used.
  public init(_ base: any ByteSource, memoryBytes: Int = 1 << 24) {
    self.base = base
    self.memoryBytes = memoryBytes
  }

  /// At least one and at most `count` bytes; none at the end.
  public func read(upTo count: Int) throws -> [UInt8] {
    if state == .again, let bytes = try readKept(upTo: count) { return bytes }
    let bytes = try base.read(upTo: count)
    if state == .keeping { try keep(bytes) }
    return bytes
  }

  /// Goes back to the beginning. What is read from now on is no longer kept.
  public func rewind() {
    state = .again
    position = 0
    spooled = spool?.source()
  }

  /// Stops to keep what is read.
  public func forget() {
    state = .passing
    kept = []
  }

  private func keep(_ bytes: [UInt8]) throws {
    if spool == nil, kept.count + bytes.count <= memoryBytes { return kept += bytes }
    let file = try spool ?? TemporaryFile()
    spool = file
    try file.append(bytes)
  }

  /// The next bytes of those kept; nil if there are no more.
  private func readKept(upTo count: Int) throws -> [UInt8]? {
    if position < kept.count {
      let end = min(position + count, kept.count)
      defer { position = end }
      return Array(kept[position..<end])
    }
    if let bytes = try spooled?.read(upTo: count), !bytes.isEmpty { return bytes }
    (kept, spool, spooled, state) = ([], nil, nil, .passing)
    return nil
  }
}
