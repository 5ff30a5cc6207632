// The run that a command line would repeat.

import GRDB

extension Registry {
  /// The number of runs, from the last one on, among which a repeated one is looked for.
  private static let mostCandidates = 1000

  /// The last successful run of a stage in a folder, by the same version and for the same CPU, whose command line
  /// `matches`; nil if there is none.
  /// - Parameters:
  ///   - stage: the stage, such as `rnn-pad`.
  ///   - cwd: the working directory.
  ///   - version: that of rnnpipe.
  ///   - cpuTarget: the CPU for which the kernels were compiled.
  public func lastRun(
    of stage: String, in cwd: String, version: String, cpuTarget: String,
    where matches: ([String]) -> Bool
  ) throws -> Run? {
    let sql = """
      SELECT * FROM runs WHERE stage = ? AND status = 'done' AND cwd = ? AND version = ? AND cpu_target = ?
      ORDER BY id DESC LIMIT \(Self.mostCandidates)
      """
    return try database.read { db in
      let runs = try Run.fetchCursor(db, sql: sql, arguments: [stage, cwd, version, cpuTarget])
      while let run = try runs.next() {
        if matches(run.argv) { return run }
      }
      return nil
    }
  }
}
