// The server: it listens at one address, and serves each connection in a task of its own.
//
// Of FlyingFox, its sockets are used (FlyingSocks). Its HTTP server reads heads of any length for any time, doesn't limit
// the number of connections, and brings FoundationNetworking, which would load libcurl whenever a command starts.

import Failures
import FlyingSocks
import Foundation
import Glibc
import Synchronization

/// A listening server.
public final class Server: Sendable {
  private let socket: AsyncSocket
  private let pool: any AsyncSocketPool
  private let limits: ServerLimits
  private let handler: any RequestHandler
  private let connections = OpenConnections()
  private let isEnding = Atomic(false)

  /// A server at a listening socket.
  public init(_ listener: Listener, limits: ServerLimits = ServerLimits(), handler: any RequestHandler) throws
  {
    pool = SocketPool.make()
    (self.limits, self.handler) = (limits, handler)
    socket = try AsyncSocket(socket: listener.socket, pool: pool)
  }

  /// The number of open connections.
  public var openConnections: Int { connections.count }

  /// Serves on other threads while this one waits and watches the time. At the end, no further connection is accepted,
  /// and requests that have begun have the grace time of the limits.
  /// - Parameter isOver: asked several times a second whether the server shall end.
  /// - Throws: `Failure` if the server can't go on.
  public func run(until isOver: () -> Bool) throws {
    let problem = Mutex<(any Error)?>(nil)
    let ended = DispatchSemaphore(value: 0)
    let work = Task {
      do { try await serve() } catch { problem.withLock { $0 = error } }
      ended.signal()
    }
    while !isOver() {
      if wait(ended) {
        let error = problem.withLock { $0 }
        throw Failure(.unavailable, "the server ended: \(error.map { "\($0)" } ?? "for an unknown reason")")
      }
    }
    end(work, ended)
  }

  /// Waits for a moment, and wakes the connections whose time is over.
  /// - Returns: whether the work has ended.
  private func wait(_ ended: DispatchSemaphore) -> Bool {
    let isEnded = ended.wait(timeout: .now() + .milliseconds(50)) == .success
    connections.check(.now)
    return isEnded
  }

  private func end(_ work: Task<Void, Never>, _ ended: DispatchSemaphore) {
    isEnding.store(true, ordering: .sequentiallyConsistent)
    shutdown(socket.socket.file.rawValue, Int32(SHUT_RDWR))
    connections.end()
    let end = ContinuousClock.now + limits.graceTime
    var hasEnded = false
    while !hasEnded, ContinuousClock.now < end { hasEnded = wait(ended) }
    work.cancel()
    if !hasEnded { _ = ended.wait(timeout: .now() + .seconds(2)) }
    try? socket.close()
  }

  private func serve() async throws {
    try await pool.prepare()
    let pool = pool
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await pool.run() }
      group.addTask { try await self.acceptConnections() }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  /// Serves clients until the server ends, and returns when the last one has been served.
  private func acceptConnections() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while !Task.isCancelled, !isEnding.load(ordering: .relaxed) {
        guard let client = try await nextClient() else { continue }
        let connection = Connection(client, limits, handler)
        group.addTask { await self.serve(connection) }
      }
    }
  }

  /// The next client; nil when the server ends, and after an error that passes, as when the process has too many open
  /// files.
  private func nextClient() async throws -> AsyncSocket? {
    do {
      return try await socket.accept()
    } catch SocketError.failed(_, let code, _)
      where [EMFILE, ENFILE, ECONNABORTED, ENOBUFS, ENOMEM].contains(code)
    {
      try await Task.sleep(for: .milliseconds(100))
      return nil
    } catch {
      if isEnding.load(ordering: .relaxed) { return nil }
      throw error
    }
  }

  private func serve(_ connection: Connection) async {
    let (key, count) = connections.add(connection.state)
    defer { connections.remove(key) }
    if count > limits.connections { await connection.refuse() } else { await connection.serve() }
  }
}
