// The identity of a run's process beyond its id: process ids are reused, especially after a restart of the machine,
// so a run also records when its process started, in which boot and in which namespace.

import Glibc
import OperatingSystem
import SystemPackage

/// A process of this machine, distinguished from all others with the same id.
public struct ProcessIdentity: Sendable, Equatable {
  /// The process id.
  public let pid: Int32
  /// The boot's id, the process-id namespace and the start time in clock ticks since boot, separated by
  /// spaces; empty if `/proc` can't be read.
  public let start: String

  /// The process that the properties describe; `current` is the calling process.
  public init(pid: Int32, start: String) {
    self.pid = pid
    self.start = start
  }

  /// The calling process.
  public static let current: ProcessIdentity = {
    let pid = getpid()
    let ticks = startTicks(of: pid).map { "\(bootID) \(namespace) \($0)" }
    return ProcessIdentity(pid: pid, start: ticks ?? "")
  }()

  /// Whether the process still exists.
  public enum Liveness: Sendable { case alive, ended, unknown }

  /// Whether the process of this machine is still alive. For a process of another container (same boot, different
  /// namespace), this is unknown.
  public var liveness: Liveness {
    let parts = start.split(separator: " ")
    guard parts.count == 3, !Self.bootID.isEmpty else { return .unknown }
    if parts[0] != Self.bootID { return .ended }
    if parts[1] != Self.namespace { return .unknown }
    return Self.startTicks(of: pid).map(String.init) == String(parts[2]) ? .alive : .ended
  }

  private static let bootID = firstLine(of: "/proc/sys/kernel/random/boot_id") ?? ""

  private static let namespace: String = {
    let status = try? Stat("/proc/self/ns/pid")
    return status.map { String($0.inode.rawValue) } ?? "0"
  }()

  /// Field 22 of `/proc/PID/stat`, counted after the command's name, which may contain spaces and parentheses. Nil if
  /// there is no such process or it is a zombie.
  private static func startTicks(of pid: Int32) -> UInt64? {
    guard let line = firstLine(of: "/proc/\(pid)/stat"), let bracket = line.lastIndex(of: ")") else {
      return nil
    }
    let fields = line[line.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return UInt64(fields[19])
  }

  private static func firstLine(of path: String) -> String? {
    OpenFile.smallText(at: path, limit: 2048)?.split(separator: "\n").first.map(String.init)
  }
}
