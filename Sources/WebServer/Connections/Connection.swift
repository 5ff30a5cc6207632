// One client's connection: a request is read, answered, and so on, within the limits.

import FlyingSocks
import Foundation
import Glibc

/// A client's connection.
struct Connection {
  let socket: AsyncSocket
  let state: ConnectionState
  let limits: ServerLimits
  let handler: any RequestHandler

  init(_ socket: AsyncSocket, _ limits: ServerLimits, _ handler: any RequestHandler) {
    (self.socket, self.limits, self.handler) = (socket, limits, handler)
    state = ConnectionState(file: socket.socket.file.rawValue)
    // An answer is one write, which need not wait for the client's acknowledgment of the last one.
    var on: Int32 = 1
    setsockopt(
      socket.socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Serves the client until one side has enough, and closes the socket.
  func serve() async {
    var input = IncomingBytes(socket, state)
    for number in 1...limits.requests {
      guard await serveNext(&input, isLast: number == limits.requests) else { break }
    }
    await close()
  }

  /// Closes the connection of one client too many.
  func refuse() async {
    let reply = handler.errors.reply(
      RefusedRequest(.unavailable, "too many connections", [("Retry-After", "1")]))
    handler.observe(AnsweredRequest(path: nil, status: reply.status, time: .zero))
    try? await send(reply, body: true, keepsConnection: false)
    await close()
  }

  /// Serves one request.
  /// - Parameter input: what the client sends.
  /// - Returns: whether there may be another one.
  private func serveNext(_ input: inout IncomingBytes, isLast: Bool) async -> Bool {
    guard await waitForRequest(&input) else { return false }
    let start = ContinuousClock.now
    var request: Request?
    do {
      let head = try RequestHead(await input.head(limit: limits.headBytes))
      request = head.request
      let reply = try await answer(head, &input)
      let keepsConnection = head.keepsConnection && !isLast && !state.isLast
      try await send(reply, to: request, since: start, keepsConnection: keepsConnection)
      return keepsConnection
    } catch let refused as RefusedRequest {
      try? await send(handler.errors.reply(refused), to: request, since: start, keepsConnection: false)
      return false
    } catch {
      return false
    }
  }

  /// Sends an answer, and tells the handler.
  /// - Parameter request: what is answered; nil if it could not be read.
  private func send(
    _ reply: Reply, to request: Request?, since start: ContinuousClock.Instant, keepsConnection: Bool
  ) async throws {
    // Told before the answer is taken, so that a client that has it finds itself counted.
    handler.observe(AnsweredRequest(path: request?.path, status: reply.status, time: .now - start))
    try await send(reply, body: request?.method != "HEAD", keepsConnection: keepsConnection)
  }

  /// Waits for the first byte of a request.
  /// - Returns: whether there is one.
  private func waitForRequest(_ input: inout IncomingBytes) async -> Bool {
    if input.isEmpty {
      state.enter(.idle, within: limits.idleTime)
      do { try await input.receive() } catch { return false }
    }
    state.enter(.receiving, within: limits.requestTime)
    return true
  }

  /// Reads a request's body, unless the head tells that it need not be read, and answers.
  private func answer(_ head: RequestHead, _ input: inout IncomingBytes) async throws -> Reply {
    let limit: Int
    do throws(RefusedRequest) { limit = try handler.admit(head.request) } catch {
      // Only a body that isn't read ends the connection.
      guard head.body == .none else { throw error }
      return handler.errors.reply(error)
    }
    var request = head.request
    if head.body != .none { request.body = try await body(head, limit: limit, &input) }
    state.enter(.answering, within: nil)
    return await handler.reply(to: request)
  }

  private func body(_ head: RequestHead, limit: Int, _ input: inout IncomingBytes) async throws -> [UInt8] {
    if case .length(let count) = head.body, count > limit { throw RefusedRequest.tooLarge(limit) }
    if head.expectsContinue, input.isEmpty {
      try await socket.write(Data("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    }
    switch head.body {
    case .none: return []
    case .length(let count): return try await input.next(count)
    case .chunked: return try await input.chunkedBody(limit: limit)
    }
  }

  private func send(_ reply: Reply, body: Bool, keepsConnection: Bool) async throws {
    state.enter(.sending, within: limits.replyTime(bytes: reply.body.count))
    var data = Data(reply.head(keepsConnection: keepsConnection))
    let content = body ? reply.body : []
    let first = min(content.count, Connection.largestWrite)
    data.append(contentsOf: content[..<first])
    try await socket.write(data)
    // In parts, so that a slow client costs a part of memory, not another copy of the answer.
    for start in stride(from: first, to: content.count, by: Connection.largestWrite) {
      try Task.checkCancellation()
      try await socket.write(Data(content[start..<min(start + Connection.largestWrite, content.count)]))
    }
  }

  private static let largestWrite = 65_536

  /// Ends the answer, reads for a moment what the client still sends, and closes the socket: if it is closed while there
  /// are unread bytes, the client's system may throw the answer away.
  private func close() async {
    state.enter(.lingering, within: limits.lingerTime)
    state.endAnswer()
    var rest = limits.lingerBytes
    while rest > 0, !state.isOver, let count = try? await socket.read(atMost: 4096).count { rest -= count }
    state.close { try? socket.close() }
  }
}
