// What the system says of this process, under the names that Prometheus's own libraries use.

import Glibc
import OperatingSystem

/// The process's resources.
struct ProcessFacts {
  /// Processor time, user and system.
  let processorSeconds: Double
  /// The memory that is resident; nil if it can't be known.
  let residentBytes: Int?

  /// The present ones.
  static var current: ProcessFacts {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    let pages = OpenFile.smallText(at: "/proc/self/statm")?.split(separator: " ").dropFirst().first
    return ProcessFacts(
      processorSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime),
      residentBytes: pages.flatMap { Int($0) }.map { $0 * sysconf(Int32(_SC_PAGESIZE)) })
  }

  /// The time in Unix seconds.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
