// Training and prediction in several processes that the real mpirun starts: the same results as in one, and what happens if a
// process is lost or differs. The tests are skipped without Open MPI (Debian: openmpi-bin);
// Tests/TrainingTests/ProcessTests.swift and Tests/InferenceTests/SharedPredictorTests.swift have the same for threads as
// processes.

import CommandRunning
import Testing

@Suite(.enabled(if: CommandRunner.has("mpirun"), "mpirun is not installed"), .serialized)
struct MPITests {
  /// What tests need of mpirun: more processes than processors, also for root; and the model without its lineage.
  private static let setup = """
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
    mpi="mpirun --oversubscribe --mca btl_base_warn_component_unused 0"
    sum() { zstd -dcq "$1" | md5sum; }
    series() { rnn-synth sine --length 300 --seed 1 -q | rnn-window --length 10 -q -o d; }
    words() {
      for i in $(seq 200); do echo "pos	good $((i % 7)) fine $((i % 13))"; echo "neg	bad $((i % 11)) poor $((i % 5))"; done |
        rnn-tokenize -q | rnn-pad --length 6 -q -o d
    }

    """

  private func run(_ line: String, timeout: Int = 120) throws -> CommandResult {
    try CommandRunner().run(Self.setup + line, timeout: timeout)
  }

  @Test(arguments: [
    "series; set -- --layers 'lstm(7,dropout=0.2) dense(1)'",
    "words; set -- --layers 'embedding(40,6,mask_zero) bidirectional(gru(5)) dense(1,sigmoid)' --batch-size 64",
  ])
  func processesGiveTheModelOfOne(_ task: String) throws {
    let result = try run(
      """
      \(task) --epochs 2 --validation-split 0.2 --history h -q
      rnn-train d "$@" -o one; sum one; md5sum < h
      for n in 2 3; do $mpi -n $n rnn-train d "$@" -o $n; sum $n; md5sum < h; done
      rnn-runs list --stage train --json | grep -o '"stage":"rnn-train"' | wc -l
      """)
    let lines = result.stdout.split(separator: "\n")
    try #require(lines.count == 7, "\(result.stderr)")
    #expect(
      Set([lines[0], lines[2], lines[4]]).count == 1 && Set([lines[1], lines[3], lines[5]]).count == 1)
    #expect(lines[6] == "3" && result.stderr.isEmpty, "\(result.stderr)")
  }

  @Test(arguments: [
    (
      "-n 1 rnn-train d --layers 'gru(2) dense(1)' --seed 1 -o m : -n 1 rnn-train d --layers 'gru(2) dense(1)' --seed 2 -o m",
      "rnn-train: process 1 has seed 2, but process 0 has 1 (give all processes the same program, options and files)",
      64
    ),
    (
      "-n 1 rnn-train d --layers 'gru(2) dense(1)' -o m : -n 1 rnn-train none --layers 'gru(2) dense(1)' -o m",
      "rnn-train: none: no such file, in process 1 on ", 66
    ),
    ("-n 2 rnn-train none --layers 'gru(2) dense(1)' -o m", "rnn-train: none: no such file\n", 66),
    (
      "-n 2 rnn-train --layers 'gru(2) dense(1)' -o m",
      "rnn-train: each process reads the rows, which standard input gives only once (name a file that all can read)",
      64
    ),
    (
      "-n 9 rnn-train d --layers 'gru(2) dense(1)' -o m",
      "rnn-train: 9 processes can't train one network: a batch is divided into at most 8 shards "
        + "(start at most 8, each with several threads)", 64
    ),
    (
      "-n 2 rnn-train d --layers 'gru(2) batch_norm dense(1)' -o m",
      "rnn-train: batch_norm uses the statistics of whole batches, which can't be divided among processes "
        + "(train it in one process, or use layer_norm)", 64
    ),
    (
      "-n 2 rnn-window d --length 2 -o m",
      "rnn-window: mpirun has started 2 processes, but rnn-window works in one (run it without mpirun)", 64
    ),
  ])
  func processesFailTogether(_ line: String, _ message: String, _ code: Int32) throws {
    let result = try run("series; $mpi \(line); code=$?; [ -e m ] && echo written; exit $code")
    #expect(result.exit == code, "\(result.stderr)")
    #expect(result.stderr.contains(message), "\(result.stderr)")
    #expect(result.stderr.ranges(of: "rnn-").count == message.ranges(of: "rnn-").count, "\(result.stderr)")
    #expect(result.stdout.isEmpty)
  }

  /// A process is killed, all are asked to end, or the leader is killed: a checkpoint is left, from which one process goes
  /// on to the same model.
  @Test(arguments: ["kill -9 $(process 1)", "kill -9 $(process 0)", "kill $mpirun"])
  func aLostProcessLeavesACheckpoint(_ loss: String) throws {
    let result = try run(
      """
      process() {
        for p in $(pgrep -P $mpirun); do tr '\\0' '\\n' < /proc/$p/environ | grep -q OMPI_COMM_WORLD_RANK=$1 && echo $p; done
      }
      series; set -- d --layers 'lstm(7,dropout=0.2) dense(1)' --epochs 1000 --validation-split 0.2 -q -o m
      rnn-train "$@"; sum m; rm m
      $mpi -n 2 rnn-train "$@" --checkpoint m.checkpoint > log 2>&1 & mpirun=$!
      for i in $(seq 300); do [ -e m.checkpoint ] && break; sleep 0.1; done
      \(loss); wait $mpirun; echo $?
      grep -o 'Resume with.*\\|has ended.*' log
      [ -e m ] && echo written
      rnn-train "$@" --checkpoint m.checkpoint --resume; sum m
      """)
    let lines = result.stdout.split(separator: "\n")
    try #require(lines.count == 4, "\(result.stdout) \(result.stderr)")
    #expect(lines[1] != "0" && lines[2].contains("--checkpoint m.checkpoint --resume"))
    #expect(lines[0] == lines[3])
  }

  /// Prepared rows, raw text, forecasts with intervals, and sample paths; as a stream, text, and an evaluation.
  @Test(arguments: [
    ("words; set -- --layers 'embedding(40,6,mask_zero) gru(5) dense(1,sigmoid)'", "d", "--batch-size 32"),
    (
      "words; zcat -f d > /dev/null; seq 300 | sed 's/.*/good & bad/' > t; set -- --layers 'embedding(40,6) lstm(5) dense(1)'",
      "t", ""
    ),
    (
      "series; set -- --layers 'lstm(5) dense(1)' --validation-split 0.2", "d",
      "--conformal d --batch-size 16"
    ),
    ("series; set -- --preset deepar", "d", "--batch-size 64 --samples 30 --seed 4"),
  ])
  func processesPredictWhatOneDoes(_ task: String, _ input: String, _ options: String) throws {
    let result = try run(
      """
      \(task)
      rnn-train d "$@" --epochs 1 -q -o m
      all() {
        "$@" rnn-predict m \(input) \(options) -q -o o.tensors.zst; sum o.tensors.zst
        "$@" rnn-predict m \(input) \(options) -q --format csv | md5sum
        "$@" rnn-predict m \(input) \(options) -q | zstd -dcq | md5sum
        "$@" rnn-predict m d \(options) --evaluate --json -o o.jsonl; md5sum < o.jsonl
      }
      all env > one 2>&1; cat one
      all $mpi -n 3 > three 2>&1; cmp one three
      """)
    #expect(result.exit == 0 && result.stderr.isEmpty, "\(result.stdout) \(result.stderr)")
    #expect(
      result.stdout.contains("\"loss\":") && result.stdout.split(separator: "\n").count >= 5,
      "\(result.stdout)")
  }

  @Test(arguments: [
    ("-n 2 rnn-predict m d --gradients", "mpirun has started 2 processes, but --gradients works in one", 64),
    (
      "-n 2 rnn-predict s d -o o",
      "mpirun has started 2 processes, but a model that carries its state from row to row works in one", 64
    ),
    ("-n 2 rnn-predict none d -o o", "none: no such file\n", 66),
    ("-n 3 rnn-predict m none -o o", "none: no such file\n", 66),
    (
      "-n 1 rnn-predict m d -o o : -n 1 rnn-predict s d -o o", "mpirun has started 2 processes, but a model",
      64
    ),
    ("-n 1 rnn-predict m d -o o : -n 1 rnn-predict w d -o o", "process 1 has model ", 64),
    (
      "-n 1 rnn-predict m d -o o : -n 1 rnn-predict m d --batch-size 5 -o o", "process 1 has --batch-size 5",
      64
    ),
    ("-n 2 rnn-predict m cut -o o", "cut: truncated", 65),
    ("-n 2 rnn-predict m d -o none/o", "none/o: can't be written", 73),
  ])
  func predictingProcessesFailTogether(_ line: String, _ message: String, _ code: Int32) throws {
    let result = try run(
      """
      series; head -c $(($(stat -c %s d) - 20)) d > cut
      set -- d --epochs 1 -q; rnn-train "$@" --layers 'gru(2) dense(1)' -o m
      rnn-train "$@" --layers 'gru(2) dense(1)' --seed 2 -o w; rnn-train "$@" --layers 'gru(2,stateful) dense(1)' --no-shuffle -o s
      $mpi \(line); code=$?; [ -e o ] && echo written; exit $code
      """)
    #expect(result.exit == code, "\(result.stderr)")
    #expect(result.stderr.contains("rnn-predict: " + message), "\(result.stderr)")
    #expect(result.stderr.ranges(of: "rnn-predict: ").count == 1, "\(result.stderr)")
    #expect(result.stdout.isEmpty)
  }

  /// A process is killed, or all are asked to end, while the output is being written.
  @Test(arguments: ["kill -9 $(process 1)", "kill -9 $(process 0)", "kill $mpirun"])
  func aLostProcessLeavesNoPredictions(_ loss: String) throws {
    let result = try run(
      """
      process() {
        for p in $(pgrep -P $mpirun); do tr '\\0' '\\n' < /proc/$p/environ | grep -q OMPI_COMM_WORLD_RANK=$1 && echo $p; done
      }
      series; rnn-train d --layers 'lstm(32) dense(1)' --epochs 1 -q -o m
      for i in $(seq 3000); do cat d; done > all
      $mpi -n 2 rnn-predict m all --batch-size 16 -o o.tensors.zst > log 2>&1 & mpirun=$!
      for i in $(seq 300); do ls .rnn-*.tmp > listed 2>&1 && break; sleep 0.1; done
      \(loss); wait $mpirun; echo $?
      grep -o 'has ended.*' log
      [ -e o.tensors.zst ] && echo written
      exit 0
      """)
    let lines = result.stdout.split(separator: "\n")
    try #require(!lines.isEmpty)
    #expect(lines[0] != "0" && !lines.contains("written"), "\(result.stdout) \(result.stderr)")
    if loss.contains("process") {
      #expect(
        lines.contains("has ended or doesn't answer (the predictions are not complete: run it again)"),
        "\(result.stdout)")
    }
  }
}
