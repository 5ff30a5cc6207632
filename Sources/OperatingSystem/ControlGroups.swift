// The control groups that limit this process, as in containers and batch systems: one tree for all resources (version 2),
// or one for each (version 1). The limits of all parents apply too.

/// The groups of a resource.
public struct ControlGroups {
  /// A group of which this process is a member, itself or through its parents.
  public enum Group: Sendable, Equatable {
    /// A folder of the tree of all resources.
    case unified(String)
    /// A folder of the resource's own tree.
    case legacy(String)
  }

  /// The groups, the innermost first; the last one is the root of the mounted tree, which in a container is the
  /// container's group.
  public let groups: [Group]

  /// - Parameters:
  ///   - controller: the resource, such as `memory`.
  ///   - folder: a prefix of the paths of the system's files.
  public init(of controller: Substring, folder: String = "") {
    let lines = OpenFile.smallText(at: folder + "/proc/self/cgroup")?.split(separator: "\n") ?? []
    groups = lines.flatMap { line -> [Group] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let paths = Self.withParents(fields[2])
      if fields[1].isEmpty { return paths.map { .unified("\(folder)/sys/fs/cgroup\($0)") } }
      guard fields[1].split(separator: ",").contains(controller) else { return [] }
      return paths.map { .legacy("\(folder)/sys/fs/cgroup/\(controller)\($0)") }
    }
  }

  /// The paths of a group and its parents.
  private static func withParents(_ path: Substring) -> [String] {
    let names = path.split(separator: "/")
    return (0...names.count).reversed().map { names.prefix($0).map { "/" + $0 }.joined() }
  }
}
