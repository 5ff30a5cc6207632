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
  private let openConnections = Atomic(0)

  /// Listens at an address.
  /// - Throws: `Failure` (unavailable) if the port is in use or may not be used.
  public init(_ address: ListeningAddress, limits: ServerLimits = ServerLimits(), handler: any RequestHandler)
    throws
  {
    pool = SocketPool.make()
    (self.limits, self.handler) = (limits, handler)
    socket = try AsyncSocket(socket: try address.listen(), pool: pool)
  }

  /// Serves on other threads while this one waits.
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
      if ended.wait(timeout: .now() + .milliseconds(100)) == .success {
        let error = problem.withLock { $0 }
        throw Failure(.unavailable, "the server ended: \(error.map { "\($0)" } ?? "for an unknown reason")")
      }
    }
    work.cancel()
    _ = ended.wait(timeout: .now() + .seconds(2))
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

  private func acceptConnections() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      while !Task.isCancelled {
        guard let client = try await nextClient() else { continue }
        let connection = Connection(socket: client, limits: limits, handler: handler)
        group.addTask { await self.serve(connection) }
      }
    }
  }

  /// The next client; nil after an error that passes, as when the process has too many open files.
  private func nextClient() async throws -> AsyncSocket? {
    do {
      return try await socket.accept()
    } catch let SocketError.failed(_, code, _)
      where [EMFILE, ENFILE, ECONNABORTED, ENOBUFS, ENOMEM].contains(code)
    {
      try await Task.sleep(for: .milliseconds(100))
      return nil
    }
  }

  private func serve(_ connection: Connection) async {
    let count = openConnections.add(1, ordering: .relaxed).newValue
    defer { openConnections.subtract(1, ordering: .relaxed) }
    if count > limits.connections { await connection.refuse() } else { await connection.serve() }
  }
}
