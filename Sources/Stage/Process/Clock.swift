// Time on the monotonic clock.

import Glibc

/// Seconds on the monotonic clock.
public func monotonicSeconds() -> Double { Double(monotonicNanoseconds()) / 1e9 }

/// Nanoseconds on the monotonic clock; safe in a signal handler.
func monotonicNanoseconds() -> Int64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
