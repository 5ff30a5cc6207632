// How much more memory the process may use: the least of what its limits (`ulimit -v`, `ulimit -d`), its control groups
// and the machine leave. Files that the system caches count as free, because it drops them when memory is needed.

import Glibc

/// The memory that the process may use in addition to what it uses already.
public enum AvailableMemory {
  /// Bytes; nil if nothing is known.
  public static var bytes: Int? { bytes(folder: "") }

  /// - Parameter folder: a prefix of the paths of the system's files.
  package static func bytes(folder: String) -> Int? {
    let sizes = ProcessSizes(folder: folder)
    return
      ([
        sizes.map { rest(of: RLIMIT_AS, used: $0.address) } ?? nil,
        sizes.map { rest(of: RLIMIT_DATA, used: $0.data) } ?? nil,
        ofMachine(folder),
      ] + limits(folder).map(\.rest)).compactMap(\.self).min()
  }

  /// What a limit of the process leaves; nil without a limit.
  private static func rest(of resource: __rlimit_resource, used: Int) -> Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max)
    else { return nil }
    return max(0, Int(limit.rlim_cur) - used)
  }

  /// The machine's free memory, including caches, and its swap space.
  private static func ofMachine(_ folder: String) -> Int? {
    let numbers = Numbers(at: folder + "/proc/meminfo")
    guard let free = numbers["MemAvailable"] else { return nil }
    return (free + (numbers["SwapFree"] ?? 0)) * 1024
  }

  /// The limit of a control group.
  public struct GroupLimit: Sendable {
    /// The limit in bytes.
    public let bytes: Int
    /// The path of the file with the bytes used.
    public let usage: String
    /// The path of the file with what they are used for.
    public let statistics: String
    /// The names there of two sizes that are those of cached files.
    public let caches: [String]

    init?(_ group: ControlGroups.Group) {
      let (folder, limit): (String, String)
      switch group {
      case .unified(let path):
        (folder, limit) = (path, "memory.max")
        (usage, caches) = ("\(path)/memory.current", ["inactive_file", "active_file"])
      case .legacy(let path):
        (folder, limit) = (path, "memory.limit_in_bytes")
        (usage, caches) = ("\(path)/memory.usage_in_bytes", ["total_inactive_file", "total_active_file"])
      }
      statistics = "\(folder)/memory.stat"
      guard let bytes = AvailableMemory.number(at: "\(folder)/\(limit)"), bytes < 1 << 50 else { return nil }
      self.bytes = bytes
    }

    /// What the limit leaves; nil if the group's use is unknown.
    var rest: Int? {
      guard let used = AvailableMemory.number(at: usage) else { return nil }
      let statistics = Numbers(at: statistics)
      return max(0, bytes - max(0, used - caches.reduce(0) { $0 + (statistics[Substring($1)] ?? 0) }))
    }
  }

  /// The limit of the process's control groups that leaves the least; nil if they have none.
  public static var groupLimit: GroupLimit? {
    limits("").compactMap { limit in limit.rest.map { (limit, $0) } }.min { $0.1 < $1.1 }?.0
  }

  private static func limits(_ folder: String) -> [GroupLimit] {
    ControlGroups(of: "memory", folder: folder).groups.compactMap(GroupLimit.init)
  }

  /// The number that is a file's contents; nil for `max`.
  fileprivate static func number(at path: String) -> Int? {
    OpenFile.smallText(at: path)?.split(separator: "\n").first.flatMap { Int($0) }
  }
}

/// The sizes of the process, of which limits are upper bounds.
private struct ProcessSizes {
  let address: Int
  let data: Int

  init?(folder: String) {
    let pages = OpenFile.smallText(at: folder + "/proc/self/statm")?.split { $0 == " " || $0 == "\n" }
    guard let pages, pages.count >= 6, let all = Int(pages[0]), let data = Int(pages[5]) else { return nil }
    let size = Int(sysconf(Int32(_SC_PAGESIZE)))
    (address, self.data) = (all * size, data * size)
  }
}

/// The numbers of a file with a name and a number in each line.
private struct Numbers {
  private var values: [Substring: Int] = [:]

  init(at path: String) {
    for line in OpenFile.smallText(at: path)?.split(separator: "\n") ?? [] {
      let words = line.split { $0 == " " || $0 == ":" }
      if words.count > 1 { values[words[0]] = Int(words[1]) }
    }
  }

  subscript(name: Substring) -> Int? { values[name] }
}
