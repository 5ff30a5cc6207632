// Work that is given up after a time.

/// Thrown if the time is over.
struct TimeIsOver: Error {}

/// The result of `work`, which is cancelled if it takes longer than `time`.
/// - Throws: `TimeIsOver`; any error of `work`.
func within<Result: Sendable>(
  _ time: Duration, _ work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
  try await withThrowingTaskGroup(of: Result.self) { group in
    group.addTask { try await work() }
    group.addTask {
      try await Task.sleep(for: time)
      throw TimeIsOver()
    }
    defer { group.cancelAll() }
    guard let first = try await group.next() else { throw TimeIsOver() }
    return first
  }
}
