// What a launcher that starts a program several times, such as mpirun, tells each of the processes through its
// environment.

/// One of several processes that a launcher has started.
public struct LaunchedProcess: Equatable, Sendable {
  /// The process's number, from 0.
  public let rank: Int
  /// How many there are, at least 2.
  public let count: Int
  /// How many of them run on this machine.
  public let neighbors: Int
  /// The launcher: `mpirun` or `srun`.
  public let launcher: String

  /// This process; nil if it was started alone.
  public static let current = LaunchedProcess { environment($0) }

  /// - Parameter variable: the value of an environment variable.
  package init?(_ variable: (String) -> String?) {
    func number(_ name: String) -> Int? { variable(name).flatMap { Int($0) } }
    if let rank = number("OMPI_COMM_WORLD_RANK"), let count = number("OMPI_COMM_WORLD_SIZE") {
      self.init(
        rank: rank, count: count, neighbors: number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? 1, launcher: "mpirun")
    } else if let rank = number("PMIX_RANK"), let count = number("SLURM_STEP_NUM_TASKS") {
      // Without --mpi=pmix, srun's processes don't know of one another.
      let tasks = variable("SLURM_STEP_TASKS_PER_NODE").flatMap {
        Self.tasks(ofNode: number("SLURM_NODEID") ?? 0, in: $0)
      }
      self.init(rank: rank, count: count, neighbors: tasks ?? 1, launcher: "srun")
    } else {
      return nil
    }
  }

  /// The number of processes on a machine, from Slurm's list for all of them, such as `2(x3),1`: two on each of three, and one.
  private static func tasks(ofNode node: Int, in list: String) -> Int? {
    var first = 0
    for entry in list.split(separator: ",") {
      let parts = entry.split(separator: "(")
      let repeats = parts.count == 2 ? Int(parts[1].drop { $0 == "x" }.prefix { $0 != ")" }) : 1
      guard let tasks = parts.first.flatMap({ Int($0) }), let repeats, repeats > 0 else { return nil }
      let (end, overflows) = first.addingReportingOverflow(repeats)
      if overflows || node < end { return tasks }
      first = end
    }
    return nil
  }

  private init?(rank: Int, count: Int, neighbors: Int, launcher: String) {
    guard count > 1, (0..<count).contains(rank) else { return nil }
    (self.rank, self.count, self.launcher) = (rank, count, launcher)
    self.neighbors = max(1, min(neighbors, count))
  }
}
