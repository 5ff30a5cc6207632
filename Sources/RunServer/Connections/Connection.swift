// One client's connection: a head is read, answered, and so on, within the limits.

import FlyingSocks
import Foundation
import Glibc

/// Answers requests.
public protocol RequestHandler: Sendable {
  /// The answer to a request, which is GET or HEAD.
  func reply(to request: Request) async -> Reply
}

/// A client's connection.
struct Connection {
  let socket: AsyncSocket
  let limits: ServerLimits
  let handler: any RequestHandler

  /// Serves the client until one side has enough, and closes the socket.
  func serve() async {
    var received: [UInt8] = []
    for number in 1...limits.requests {
      guard await serveNext(&received, isLast: number == limits.requests) else { break }
    }
    await linger()
    try? socket.close()
  }

  /// Closes the connection of one client too many.
  func refuse() async {
    try? await send(Reply(.unavailable, "too many connections"), body: true, keepsConnection: false)
    await linger()
    try? socket.close()
  }

  /// Serves one request.
  /// - Parameter received: the bytes that were read beyond the last request.
  /// - Returns: whether there may be another one.
  private func serveNext(_ received: inout [UInt8], isLast: Bool) async -> Bool {
    do {
      guard let head = try await readHead(&received) else { return false }
      let keepsConnection = head.keepsConnection && !isLast
      guard ["GET", "HEAD"].contains(head.request.method) else {
        throw RefusedRequest(.methodNotAllowed, "only GET and HEAD are answered")
      }
      let reply = await handler.reply(to: head.request)
      try await send(reply, body: head.request.method == "GET", keepsConnection: keepsConnection)
      return keepsConnection
    } catch let refused as RefusedRequest {
      var reply = refused.reply
      if refused.status == .methodNotAllowed { reply.fields.append(("Allow", "GET, HEAD")) }
      try? await send(reply, body: true, keepsConnection: false)
      return false
    } catch {
      return false
    }
  }

  /// The next head; nil if the client sends none. Bytes after it stay in `received`.
  private func readHead(_ received: inout [UInt8]) async throws -> RequestHead? {
    let (socket, limits, start) = (socket, limits, received)
    let bytes: [UInt8]
    do {
      bytes = try await within(limits.headTime) {
        try await Connection.bytesOfHead(from: socket, after: start, limits: limits)
      }
    } catch is TimeIsOver {
      throw RefusedRequest(.timeout, "the request took too long")
    }
    guard let end = Connection.endOfHead(bytes, from: 0) else { return nil }
    received = Array(bytes[end...])
    return try RequestHead(bytes[..<end])
  }

  /// The bytes up to the end of a head, and perhaps more; fewer if the client closes the connection before.
  private static func bytesOfHead(
    from socket: AsyncSocket, after start: [UInt8], limits: ServerLimits
  ) async throws -> [UInt8] {
    var bytes = start
    var seen = 0
    while endOfHead(bytes, from: seen) == nil {
      guard bytes.count < limits.headBytes else {
        throw RefusedRequest(.headTooLarge, "the head has more than \(limits.headBytes) bytes")
      }
      seen = max(0, bytes.count - 3)
      do {
        bytes += try await socket.read(atMost: min(4096, limits.headBytes - bytes.count))
      } catch SocketError.disconnected {
        return []
      }
    }
    return bytes
  }

  /// The index after the first empty line; nil if there is none.
  private static func endOfHead(_ bytes: [UInt8], from start: Int) -> Int? {
    let mark: [UInt8] = [13, 10, 13, 10]
    guard bytes.count >= mark.count else { return nil }
    return (start...max(start, bytes.count - mark.count)).first { index in
      bytes[index...].starts(with: mark)
    }.map { $0 + mark.count }
  }

  private func send(_ reply: Reply, body: Bool, keepsConnection: Bool) async throws {
    let head = reply.head(keepsConnection: keepsConnection)
    let socket = socket
    try await within(limits.replyTime(bytes: reply.body.count)) {
      try await socket.write(Data(head))
      if body { try await Connection.write(reply.body, to: socket) }
    }
  }

  /// Writes in parts, so that a slow client costs a part of memory, not another copy of the answer.
  private static func write(_ body: [UInt8], to socket: AsyncSocket) async throws {
    for start in stride(from: 0, to: body.count, by: 65_536) {
      try Task.checkCancellation()
      try await socket.write(Data(body[start..<min(start + 65_536, body.count)]))
    }
  }

  /// Ends the answer, and reads for a moment what the client still sends: if a socket is closed while there are unread
  /// bytes, the client's system may throw the answer away.
  private func linger() async {
    shutdown(socket.socket.file.rawValue, Int32(SHUT_WR))
    let (socket, limits) = (socket, limits)
    _ = try? await within(limits.lingerTime) {
      var rest = limits.lingerBytes
      while rest > 0 { rest -= try await socket.read(atMost: 4096).count }
      return rest
    }
  }
}
