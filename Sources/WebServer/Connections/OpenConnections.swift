// The connections of a server.

import Synchronization

/// All open connections.
final class OpenConnections: Sendable {
  private struct Values {
    var states: [Int: ConnectionState] = [:]
    var next = 0
    var areEnding = false
  }

  private let values = Mutex(Values())

  /// How many there are.
  var count: Int { values.withLock { $0.states.count } }

  /// Adds a connection.
  /// - Returns: its key, and how many there are with it.
  func add(_ state: ConnectionState) -> (key: Int, count: Int) {
    let (key, count, isLast) = values.withLock { values in
      values.next += 1
      values.states[values.next] = state
      return (values.next, values.states.count, values.areEnding)
    }
    if isLast { state.end() }
    return (key, count)
  }

  /// Removes a connection.
  func remove(_ key: Int) { values.withLock { _ = $0.states.removeValue(forKey: key) } }

  /// Wakes the connections whose time is over.
  func check(_ now: ContinuousClock.Instant) {
    for state in values.withLock({ Array($0.states.values) }) { state.check(now) }
  }

  /// Lets every connection end after the request that it is reading or answering.
  func end() {
    let states = values.withLock { values in
      values.areEnding = true
      return Array(values.states.values)
    }
    for state in states { state.end() }
  }
}
