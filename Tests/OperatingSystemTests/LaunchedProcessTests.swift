// What launchers tell their processes.

import OperatingSystem
import Testing

@Suite struct LaunchedProcessTests {
  private func process(_ variables: [String: String]) -> LaunchedProcess? {
    LaunchedProcess { variables[$0] }
  }

  @Test func mpirunCountsThoseOfTheMachine() {
    let process = process([
      "OMPI_COMM_WORLD_RANK": "3", "OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2",
    ])
    #expect(
      process?.rank == 3 && process?.count == 4 && process?.neighbors == 2 && process?.launcher == "mpirun")
  }

  @Test(
    arguments: [
      ("2", "0", 2), ("2(x2)", "1", 2), ("3,1", "0", 3), ("3,1", "1", 1), ("2(x3),1", "2", 2),
      ("2(x3),1", "3", 1),
      ("2(x3),1", "4", 1), ("many", "0", 1), ("2(x0)", "0", 1), ("", "0", 1),
      ("9(x9223372036854775807)", "5", 4),
    ])
  func srunListsTheMachines(_ list: String, _ node: String, _ neighbors: Int) {
    let process = process([
      "PMIX_RANK": "1", "SLURM_STEP_NUM_TASKS": "4", "SLURM_STEP_TASKS_PER_NODE": list, "SLURM_NODEID": node,
    ])
    #expect(process?.neighbors == neighbors && process?.launcher == "srun")
  }

  @Test func aProcessAloneIsNone() {
    #expect(process([:]) == nil)
    #expect(process(["OMPI_COMM_WORLD_RANK": "0", "OMPI_COMM_WORLD_SIZE": "1"]) == nil)
    #expect(process(["SLURM_STEP_NUM_TASKS": "4"]) == nil)
  }
}
