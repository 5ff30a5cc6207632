// Object headers: the list of messages that describe an object of a file, in both versions of the format.

import Failures

/// The messages of one object.
struct HDF5Header {
  /// One message of an object.
  struct Message {
    let kind: Kind
    /// The message's bytes in the file.
    let range: Range<Int>
    /// Whether the bytes only point to a message elsewhere.
    let isShared: Bool
  }

  /// The kinds of messages used here, by their numbers in the format.
  enum Kind: Int {
    case dataspace = 1, linkInfo = 2, datatype = 3, link = 6, externalFiles = 7, layout = 8
    case attribute = 12, continuation = 16, symbolTable = 17
  }

  private(set) var messages: [Message] = []
  private let bytes: [UInt8]
  private let budget: HDF5Budget
  /// The parts of the header, in the order in which they are read.
  private var parts: [Range<Int>] = []
  /// The total size of the parts, which can't exceed the file's unless they overlap.
  private var size = 0
  private static let mostParts = 4096
  /// The maximum number of messages; version 1 of the format can't have more.
  private static let mostMessages = 65_535

  init(_ bytes: [UInt8], at address: Int, _ budget: HDF5Budget) throws(Failure) {
    self.bytes = bytes
    self.budget = budget
    var cursor = try HDF5Cursor(bytes, at: address)
    let isNew = try cursor.number(1) != 1
    if isNew { try readNew(address) } else { try readOld(&cursor) }
  }

  /// The first message of a kind.
  func first(_ kind: Kind) -> Message? { messages.first { $0.kind == kind } }

  /// A cursor over a message's bytes.
  func cursor(_ message: Message) throws(Failure) -> HDF5Cursor {
    guard !message.isShared else {
      throw Failure.data("the HDF5 file has shared types, which are not supported")
    }
    return try HDF5Cursor(bytes, at: message.range.lowerBound, count: message.range.count)
  }

  /// Version 1: version (just read), a reserved byte, counts, then messages of multiples of 8 bytes.
  private mutating func readOld(_ cursor: inout HDF5Cursor) throws(Failure) {
    try cursor.skip(1)
    var left = try cursor.int(2)
    try cursor.skip(4)
    let size = try cursor.int(4)
    try cursor.skip(4)
    try addPart(at: cursor.offset, size: size)
    var number = 0
    while number < parts.count {
      var part = try HDF5Cursor(bytes, at: parts[number].lowerBound, count: parts[number].count)
      while left > 0, part.left >= 8 {
        let (kind, size, flags) = (try part.int(2), try part.int(2), try part.int(1))
        try part.skip(3)
        try take(kind, &part, size, flags)
        left -= 1
      }
      number += 1
    }
  }

  /// Version 2: `OHDR`, flags, times and limits (depending on the flags), then messages, then a checksum.
  private mutating func readNew(_ address: Int) throws(Failure) {
    var cursor = try HDF5Cursor(bytes, at: address)
    try cursor.expect("OHDR")
    guard try cursor.number(1) == 2 else {
      throw HDF5Cursor.damaged("an object header has an unknown version")
    }
    let flags = try cursor.int(1)
    try cursor.skip((flags & 0x20 != 0 ? 16 : 0) + (flags & 0x10 != 0 ? 4 : 0))
    let size = try cursor.int(1 << (flags & 3))
    try addPart(at: cursor.offset, size: size)
    var number = 0
    while number < parts.count {
      var part = try HDF5Cursor(bytes, at: parts[number].lowerBound, count: parts[number].count)
      if number > 0 { try part.expect("OCHK") }
      let checksum = number > 0 ? 4 : 0
      while part.left - checksum >= 4 {
        let (kind, size, bits) = (try part.int(1), try part.int(2), try part.int(1))
        if flags & 4 != 0 { try part.skip(2) }
        guard size <= part.left - checksum else { throw HDF5Cursor.damaged("a message is too long") }
        try take(kind, &part, size, bits)
      }
      number += 1
    }
  }

  private mutating func addPart(at offset: Int, size: Int) throws(Failure) {
    guard parts.count < Self.mostParts else {
      throw HDF5Cursor.damaged("an object header has too many parts")
    }
    _ = try HDF5Cursor(bytes, at: offset, count: size)
    self.size += size
    guard self.size <= bytes.count else { throw HDF5Cursor.damaged("the parts of an object header overlap") }
    try budget.spend(size)
    parts.append(offset..<offset + size)
  }

  private mutating func take(
    _ kind: Int, _ part: inout HDF5Cursor, _ size: Int, _ flags: Int
  ) throws(Failure) {
    let start = part.offset
    try part.skip(size)
    guard let kind = Kind(rawValue: kind) else { return }
    guard kind == .continuation else {
      guard messages.count < Self.mostMessages else {
        throw HDF5Cursor.damaged("an object header has too many messages")
      }
      messages.append(Message(kind: kind, range: start..<part.offset, isShared: flags & 2 != 0))
      return
    }
    var cursor = try HDF5Cursor(bytes, at: start, count: size)
    let address = try cursor.address()
    try addPart(at: address, size: try cursor.int(8))
  }
}
