// The resource usage of a run: processor time and memory, as reported by the system.

import Glibc

/// The process's resource usage so far, without that of child processes.
struct ResourceUsage: Sendable {
  /// Processor seconds, user and system.
  let cpuSeconds: Double
  /// Peak resident memory in bytes.
  let peakBytes: Int

  static var current: ResourceUsage {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return ResourceUsage(
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), peakBytes: usage.ru_maxrss * 1024)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }
}
