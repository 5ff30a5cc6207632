// What a server knows of a connection: what it is waiting for, and until when. The server's own thread looks at all
// connections several times a second, and wakes those whose time is over by closing one direction of their socket; so
// a request costs no timer.

import Glibc
import Synchronization

/// The state of a client's connection.
final class ConnectionState: Sendable {
  /// What a connection is doing.
  enum Phase: Sendable {
    /// It waits for the first byte of a request.
    case idle
    /// It waits for the rest of a request.
    case receiving
    /// The answer is being made.
    case answering
    /// The client is taking the answer.
    case sending
    /// It is read until the client has seen the answer.
    case lingering
    /// The socket is closed.
    case closed
  }

  private struct Values {
    var phase = Phase.idle
    var deadline: ContinuousClock.Instant?
    var isOver = false
    var isLast = false
  }

  private let file: Int32
  private let values = Mutex(Values())

  /// - Parameter file: the socket's descriptor.
  init(file: Int32) { self.file = file }

  /// Whether the time of the present phase is over.
  var isOver: Bool { values.withLock { $0.isOver } }
  /// Whether the server ends, so that no further request will be read.
  var isLast: Bool { values.withLock { $0.isLast } }

  /// Begins a phase.
  /// - Parameter time: how long it may take; nil if it ends by itself.
  func enter(_ phase: Phase, within time: Duration?) {
    values.withLock { values in
      values.phase = phase
      values.isOver = false
      values.deadline = time.map { .now + $0 }
      if phase == .idle, values.isLast { shutdown(file, Int32(SHUT_RD)) }
    }
  }

  /// Wakes the connection if its time is over.
  func check(_ now: ContinuousClock.Instant) {
    values.withLock { values in
      guard !values.isOver, values.phase != .closed, let deadline = values.deadline, deadline < now else {
        return
      }
      values.isOver = true
      shutdown(file, Int32(values.phase == .sending ? SHUT_RDWR : SHUT_RD))
    }
  }

  /// Lets the request that is being read or answered be the last one.
  func end() {
    values.withLock { values in
      values.isLast = true
      if values.phase == .idle { shutdown(file, Int32(SHUT_RD)) }
    }
  }

  /// Ends the direction to the client.
  func endAnswer() { values.withLock { if $0.phase != .closed { shutdown(file, Int32(SHUT_WR)) } } }

  /// Calls `close`, after which the descriptor may belong to another file.
  func close(_ close: () -> Void) {
    values.withLock { values in
      guard values.phase != .closed else { return }
      values.phase = .closed
      close()
    }
  }
}
