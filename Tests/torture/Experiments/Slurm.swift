// Training on two machines of a real Slurm, which is disturbed as such training is: a task is killed, the scheduler asks the
// tasks to end, a cable is pulled, a machine is lost.

import CommandRunning

let slurmExperiments: [Experiment] = [
  .commands(
    "slurm",
    "2 or 4 tasks of `srun --mpi=pmix` on two machines of a real Slurm: undisturbed; one killed, "
      + "SIGTERM by `scancel`, a link cut, a machine lost",
    expected: "the model of one process, bit for bit; after a fault, one message, a checkpoint and --resume",
    anchor:
      "torchrun: what follows the last checkpoint is lost; Horovod issue 3494: a deadlock, open since 2022",
    count: 96, short: faults.count, needs: Cluster.programs + ["zstd"], obstacle: Cluster.obstacle
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let (fault, task) = (faults[number % faults.count], number / faults.count % 2)
      let pause = Double(number * 389 % 1000) / 1000 * 1.5
      let layers = "\(cells[number * 3 % cells.count])(\(1 + number * 7 % 13),dropout=0.2) dense(1)"
      let result = try shop.onCluster(
        """
        \(fault.silences ? "export RNN_MPI_TIMEOUT=\(patience)" : "")
        set -- rnn-train $S/w --layers '\(layers)' --epochs \(fault.epochs) --seed \(number) --threads 1 -q -o m
        "$@"; zstd -dcq m > weights; rm m
        srun --mpi=pmix -K -N 2 -n \(fault.tasks) "$@" --checkpoint c 2> log & job=$!
        \(fault.line(task: task, after: pause))
        wait $job; echo exit $?; cat log >&2; grep '^rnn-train: ' log
        if [ ! -e m ]; then echo resumed; \(fault.resumption) "$@" --checkpoint c --resume; fi
        zstd -dcq m | cmp - weights && echo equal
        """, timeout: 180)
      try result.expectNoTrap()
      let expected = fault.outcome(task: task)
      let isExpected =
        result.lines.count == expected.count
        && zip(result.lines, expected).allSatisfy { $0.hasPrefix($1) }
      try result.expect(isExpected, "\(layers), \(fault.line(task: task, after: pause))")
    }
  }
]

/// How long a task waits for one that says nothing, in seconds.
private let patience = 4

/// What befalls the tasks, of which `TASK` is one and `NODE` its machine.
private struct Fault {
  var tasks = 2
  var epochs = 800
  /// The line that does it; nil if nothing befalls them.
  var disturbance: String?
  /// What the tasks say, which may go on, and the exit code of `srun`.
  var message = "process TASK of 2 has ended or doesn't answer (no step is lost: "
  var exit = 69
  /// Whether the tasks don't hear of it, so that they have to wait until one says nothing for long.
  var silences = false
  /// What goes on from the checkpoint: `srun` with its options, or one process.
  var resumption = ""

  /// Disturbs the tasks some time after their first checkpoint, and says if they don't notice in time.
  func line(task: Int, after pause: Double) -> String {
    guard let disturbance else { return "" }
    return """
      for i in $(seq 300); do [ -e c ] && break; sleep 0.1; done; sleep \(pause)
      \(disturbance.replacing("TASK", with: "\(task)").replacing("NODE", with: "node\(task + 1)"))
      for i in $(seq \((patience + 4) * 10)); do grep -q '^rnn-train: ' log && break; sleep 0.1; done
      grep -q '^rnn-train: ' log || echo silent
      """
  }

  /// The beginnings of the lines that are printed.
  func outcome(task: Int) -> [String] {
    guard disturbance != nil else { return ["exit 0", "equal"] }
    return ["exit \(exit)", "rnn-train: " + message.replacing("TASK", with: "\(task)"), "resumed", "equal"]
  }
}

private let faults = [
  Fault(epochs: 60), Fault(tasks: 4, epochs: 20),
  Fault(disturbance: "kill -9 $(task TASK)"),
  Fault(
    disturbance: "scancel --signal=TERM $(squeue -h -o %i)", message: "warning: interrupted in epoch ",
    exit: 143,
    resumption: "srun --mpi=pmix -K -N 2 -n 2"),
  Fault(disturbance: "cut_link NODE", silences: true), Fault(disturbance: "lose NODE", silences: true),
  // All of them notice it, and the first one has to save before another ends them.
  Fault(tasks: 4, epochs: 150, disturbance: "cut_link node2", message: "process ", silences: true),
]
