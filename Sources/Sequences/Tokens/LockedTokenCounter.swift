// The token counters of threads.

import Synchronization

/// The counter of one thread, which persists between chunks; its lock is never contended.
final class LockedTokenCounter: Sendable {
  let counter: Mutex<TokenCounter>

  init(_ rules: TokenRules, thread: Int, of threads: Int) {
    counter = Mutex(TokenCounter(rules, thread: thread, of: threads))
  }
}
