// An hour of work, minute by minute: a stage that streams, stages that come and go, and a registry that somebody reads.

let soakExperiments: [Experiment] = [
  .commands(
    "soak",
    "a minute of streamed predictions and of other stages, while a reader holds the registry for 30 s",
    expected: "flat memory, every run recorded in the end",
    anchor: "SQLite: a WAL that a reader keeps growing",
    count: 60, short: 0, needs: ["sqlite3"]
  ) { shop in
    try shop.make(samplePipeline)
    return { _ in
      let result = try shop.attempt(soakMinute, timeout: 180)
      try result.expectNoTrap()
      let words = (result.lines.last ?? "").split(separator: " ").compactMap { Int($0) }
      try result.expect(words.count == 4, "the minute ended early")
      // The allocator touches a new large page of 2 MiB now and then, although the number of live blocks is constant.
      try result.expect(words[1] <= words[0] + 4096, "memory grows from \(words[0]) to \(words[1]) KiB")
      try result.expect(words[2] == 0, "\(words[2]) stages failed")
      try result.expect(words[3] == 20, "\(words[3]) of 20 runs are recorded")
    }
  }
]

/// Prints the memory of the streaming stage in the middle and at the end in KiB, the failures of other stages, and their
/// runs in the registry.
private let soakMinute = """
  export RNN_REGISTRY=$PWD/runs.db; rnn-synth sine --length 9 -q -o first
  memory() { awk '/VmRSS/ { print $2 }' /proc/$1/status; }
  mkfifo lines; rnn-predict $S/m --stream --no-registry < lines > predicted & stream=$!
  (while sleep 0.001; do echo 0.5; done) > lines & feeder=$!
  sleep 15; early=$(memory $stream)
  (echo 'begin; select count(*) from runs;'; sleep 30; echo 'commit;') | sqlite3 runs.db > read & reader=$!
  sleep 1; failed=0
  for i in $(seq 20); do
    rnn-window $S/s --length 20 -q -o w$i 2> err & stages="$stages $!"
    sleep 0.5
  done
  for stage in $stages; do wait $stage || failed=$((failed + 1)); done
  wait $reader; sleep 5; late=$(memory $stream)
  kill $feeder; wait $stream; rnn-runs --json > list
  echo $early $late $failed $(sqlite3 runs.db "select count(*) from runs where stage = 'rnn-window' and status = 'done'")
  """
