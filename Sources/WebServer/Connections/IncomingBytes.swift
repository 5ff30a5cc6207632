// The bytes that a client sends, with those that were received beyond what has been read.

import FlyingSocks

/// Thrown when a client has closed the connection.
struct ClientIsGone: Error {}

/// Reads from a client.
struct IncomingBytes {
  private let socket: AsyncSocket
  private let state: ConnectionState
  /// What was received and not read.
  private var bytes: [UInt8] = []

  /// The most bytes of a line between the parts of a body.
  private static let longestLine = 1024

  init(_ socket: AsyncSocket, _ state: ConnectionState) { (self.socket, self.state) = (socket, state) }

  /// Whether nothing was received that has not been read.
  var isEmpty: Bool { bytes.isEmpty }

  /// Waits for more bytes.
  /// - Throws: `ClientIsGone`; `RefusedRequest` if the time is over.
  mutating func receive() async throws {
    do {
      bytes += try await socket.read(atMost: 4096)
    } catch SocketError.disconnected {
      if state.isOver { throw IncomingBytes.late }
      throw ClientIsGone()
    }
    // A client that sends without end is never disconnected.
    if state.isOver { throw IncomingBytes.late }
  }

  private static let late = RefusedRequest(.timeout, "the request took too long")

  /// The bytes of a head, with the empty line after it.
  /// - Throws: `RefusedRequest` if there are more than `limit` bytes.
  mutating func head(limit: Int) async throws -> ArraySlice<UInt8> {
    var seen = 0
    while true {
      if let end = bytes.endOfHead(from: seen) {
        guard end <= limit else { break }
        defer { bytes.removeFirst(end) }
        return bytes[..<end]
      }
      seen = max(0, bytes.count - 3)
      guard bytes.count < limit else { break }
      try await receive()
    }
    throw RefusedRequest(.headTooLarge, "the head has more than \(limit) bytes")
  }

  /// The next `count` bytes.
  mutating func next(_ count: Int) async throws -> [UInt8] {
    while bytes.count < count { try await receive() }
    defer { bytes.removeFirst(count) }
    return bytes.count == count ? bytes : Array(bytes[..<count])
  }

  /// The next line, without CR and LF.
  /// - Throws: `RefusedRequest` if it is long.
  private mutating func line() async throws -> ArraySlice<UInt8> {
    var seen = 0
    while true {
      if let end = bytes[seen...].firstIndex(of: 10) {
        guard end > 0, bytes[end - 1] == 13, end <= IncomingBytes.longestLine else { break }
        defer { bytes.removeFirst(end + 1) }
        return bytes[..<(end - 1)]
      }
      seen = bytes.count
      guard seen <= IncomingBytes.longestLine else { break }
      try await receive()
    }
    throw RefusedRequest(.badRequest, "the body's chunks can't be read")
  }

  /// A body in chunks (RFC 9112, 7.1), whose extensions and trailers are ignored.
  /// - Throws: `RefusedRequest` if it has more than `limit` bytes.
  mutating func chunkedBody(limit: Int) async throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let size = try IncomingBytes.chunkSize(await line())
      if size == 0 { break }
      guard size <= limit - body.count else { throw RefusedRequest.tooLarge(limit) }
      body += try await next(size)
      guard try await next(2) == [13, 10] else {
        throw RefusedRequest(.badRequest, "the body's chunks can't be read")
      }
    }
    var trailers = 0
    while true {
      let line = try await line()
      if line.isEmpty { return body }
      trailers += line.count
      guard trailers <= IncomingBytes.longestLine else {
        throw RefusedRequest(.headTooLarge, "there are too many fields after the body")
      }
    }
  }

  /// The hexadecimal number before a chunk; what follows a semicolon is an extension.
  private static func chunkSize(_ line: ArraySlice<UInt8>) throws(RefusedRequest) -> Int {
    var digits = line.prefix { $0 != UInt8(ascii: ";") }
    while let last = digits.last, last == 32 || last == 9 { digits.removeLast() }
    let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
    guard isHexadecimal, (1...15).contains(digits.count),
      let size = Int(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw RefusedRequest(.badRequest, "the size of a chunk can't be read") }
    return size
  }
}

extension [UInt8] {
  /// The index after the first empty line; nil if there is none.
  fileprivate func endOfHead(from start: Int) -> Int? {
    guard count >= 4 else { return nil }
    var index = start + 3
    while index < count {
      if self[index] == 10, self[index - 1] == 13, self[index - 2] == 10, self[index - 3] == 13 {
        return index + 1
      }
      index += 1
    }
    return nil
  }
}
