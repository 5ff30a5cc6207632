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
      self.init(
        rank: rank, count: count, neighbors: number("SLURM_STEP_TASKS_PER_NODE") ?? 1, launcher: "srun")
    } else {
      return nil
    }
  }

  private init?(rank: Int, count: Int, neighbors: Int, launcher: String) {
    guard count > 1, (0..<count).contains(rank) else { return nil }
    (self.rank, self.count, self.launcher) = (rank, count, launcher)
    self.neighbors = max(1, min(neighbors, count))
  }
}
