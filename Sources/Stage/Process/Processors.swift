// The number of processors that the process may use: those in its affinity mask (taskset, a batch system, a cpuset),
// limited by the CPU quota of its control groups, as in containers. More threads would only wait for one another,
// which is expensive for threads that work in lockstep. Processes that mpirun starts on one machine share its processors,
// unless it has bound each to its own. RNN_THREADS overrides all this, for several commands at once.

import CLinux
import Failures
import Glibc
import OperatingSystem

/// The processors available to this process.
public enum Processors {
  /// The number of threads that are worth starting, at least 1.
  public static let available = requested ?? available(folder: "")

  /// The variable with the number of threads of each command that has no `--threads`.
  package static let variable = "RNN_THREADS"

  /// The numbers of threads that can be requested.
  static let permitted = 1...1024

  /// The number that the environment requests.
  private static var requested: Int? {
    environment(variable).flatMap { Int($0) }.flatMap { permitted.contains($0) ? $0 : nil }
  }

  /// Throws `Failure` (usage) if the environment requests something that is no number of threads.
  static func checkVariable() throws(Failure) {
    guard let text = environment(variable), requested == nil else { return }
    throw .usage(
      "'\(text)' is not between \(permitted.lowerBound) and \(permitted.upperBound)", at: "$" + variable,
      remedy: "unset it, or write a number of threads")
  }

  /// - Parameter folder: a prefix of the paths of the system's files.
  static func available(folder: String) -> Int {
    max(1, Int(min(Double(bound), cpuQuota(folder: folder) ?? .infinity)) / sharers)
  }

  /// The number of processes that share the processors.
  private static var sharers: Int {
    bound == Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) ? LaunchedProcess.current?.neighbors ?? 1 : 1
  }

  /// The number of processors in the process's affinity mask.
  private static var bound: Int {
    let permitted = Int(permitted_processors())
    return permitted > 0 ? permitted : Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  }

  /// The smallest quota of the process's control groups and their parents, in processors; nil if there is none.
  package static func cpuQuota(folder: String) -> Double? {
    ControlGroups(of: "cpu", folder: folder).groups.compactMap { group in
      switch group {
      case .unified(let path): unifiedQuota(path)
      case .legacy(let path): legacyQuota(path)
      }
    }.min()
  }

  /// "max 100000" or "150000 100000": microseconds of processor time per period.
  private static func unifiedQuota(_ group: String) -> Double? {
    let numbers =
      OpenFile.smallText(at: group + "/cpu.max")?.split { $0 == " " || $0 == "\n" }.map(Double.init) ?? []
    return numbers.count == 2 ? ratio(numbers[0], numbers[1]) : nil
  }

  private static func legacyQuota(_ group: String) -> Double? {
    ratio(number(group + "/cpu.cfs_quota_us"), number(group + "/cpu.cfs_period_us"))
  }

  /// A quota of -1 means no quota.
  private static func ratio(_ quota: Double?, _ period: Double?) -> Double? {
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return quota / period
  }

  private static func number(_ path: String) -> Double? {
    OpenFile.smallText(at: path)?.split(separator: "\n").first.flatMap { Double($0) }
  }
}
