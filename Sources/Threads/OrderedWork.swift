// Independent pieces of work on several threads, whose results are used in order on the calling thread: they are the
// same, in the same order, for any number of threads.

import Glibc

/// Numbered pieces of work and their results.
public final class OrderedWork<Value: Sendable>: @unchecked Sendable {
  // All mutable state is protected by the mutex.

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private let work: @Sendable (Int) throws -> Value
  private let items: Range<Int>
  private let ahead: Int
  private var results: [Int: Result<Value, any Error>] = [:]
  private var next: Int
  private var delivered: Int
  private var isStopped = false

  /// - Parameters:
  ///   - items: the numbers of the pieces.
  ///   - ahead: how many results may wait at most.
  ///   - work: does a piece; called on any thread.
  public init(_ items: Range<Int>, ahead: Int, _ work: @escaping @Sendable (Int) throws -> Value) {
    (self.items, self.ahead, self.work) = (items, max(1, ahead), work)
    (next, delivered) = (items.lowerBound, items.lowerBound)
    mutex = .allocate(capacity: 1)
    changed = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  /// Does all pieces on `threads` threads, and calls `body` with each result, in order, on this thread, until it
  /// returns false.
  /// - Throws: the first error in order, of a piece or of `body`; no further piece is begun then.
  public func run(threads: Int, _ body: (_ number: Int, _ value: Value) throws -> Bool) throws {
    let workers = (0..<min(threads, items.count)).compactMap { _ in WorkerThread { self.doPieces() } }
    defer {
      locked { isStopped = true }
      for worker in workers { worker.join() }
    }
    for number in items {
      let value = try workers.isEmpty ? work(number) : result(number).get()
      guard try body(number, value) else { return }
    }
  }

  private func result(_ number: Int) -> Result<Value, any Error> {
    locked {
      while true {
        if let result = results.removeValue(forKey: number) {
          delivered = number + 1
          return result
        }
        pthread_cond_wait(changed, mutex)
      }
    }
  }

  private func doPieces() {
    while let number = take() {
      let result = Result { try work(number) }
      locked { results[number] = result }
    }
  }

  /// The number of the next piece, once it is not too far ahead; nil if there is none left to do.
  private func take() -> Int? {
    locked {
      while !isStopped, next < items.upperBound, next >= delivered + ahead {
        pthread_cond_wait(changed, mutex)
      }
      guard !isStopped, next < items.upperBound else { return nil }
      next += 1
      return next - 1
    }
  }

  private func locked<T>(_ body: () throws -> T) rethrows -> T {
    pthread_mutex_lock(mutex)
    defer {
      pthread_cond_broadcast(changed)
      pthread_mutex_unlock(mutex)
    }
    return try body()
  }
}
