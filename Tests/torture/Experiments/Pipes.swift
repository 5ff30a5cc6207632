// Pipes that break: input that ends early, stages that are killed, and standard streams that are closed or full.

import CommandRunning
import Foundation

let pipeExperiments: [Experiment] = [
  .commands(
    "cut-input", "a stream that ends at a random byte, read by each of 9 commands from a pipe",
    expected: "an error, no output", anchor: "Kaldi issue 476: the reader went on, open since 2016",
    count: 1000, short: 18
  ) { shop in
    try shop.make(samplePipeline)
    let sizes = try ["s", "w", "t", "k"].map { ($0, try shop.sample($0).count) }
    return { number in
      let (input, line) = readingLines[number % readingLines.count]
      let size = sizes.first { $0.0 == input }?.1 ?? 0
      // The golden ratio spreads the cuts evenly, however many are made.
      let cut = Int((Double(number) * 0.6180339887498949).truncatingRemainder(dividingBy: 1) * Double(size))
      let result = try shop.attempt("head -c \(cut) $S/\(input) | \(line); echo $?; ls -A")
      try result.expectNoTrap()
      try result.expect(result.lines.first == "65" || result.lines.first == "66", "\(cut) bytes into \(line)")
      try result.expect(!result.lines.dropFirst().contains { $0 != ".rnn" }, "\(line) left files")
    }
  },
  .commands(
    "killed-stages",
    "kill -9 of a stage of a pipe of five at a random instant, run by a shell without pipefail",
    expected: "all later stages fail, no output or the whole one, no run recorded as done that failed",
    anchor: "Kaldi issue 1666: no pipefail under dash", count: 1000, short: 4,
    needs: ["dash", "sqlite3", "zstd"]
  ) { shop in
    try shop.make(killedPipe(stages: fiveStages) + "; zstd -dcq out.tensors.zst > whole")
    return { number in
      let victim = number * 7 % 5
      let pause = Double(number * 389 % 1000) / 1000 * 1.2
      let result = try shop.attempt(
        """
        cat > pipe <<'END'
        \(killedPipe(stages: fiveStages, recordsExits: true))
        END
        dash pipe & sleep \(pause); read pid < pid\(victim)
        threads=$(ls /proc/$pid/task 2> gone | wc -l); kill -9 $pid 2> gone; wait; echo threads $threads
        echo exits $(cat exit0 exit1 exit2 exit3 exit4)
        if [ -e out.tensors.zst ]; then zstd -dcq out.tensors.zst | cmp -s - $S/whole && echo whole || echo torn; else echo none; fi
        rnn-runs --json > /dev/null
        sqlite3 -separator ' ' .rnn/runs.db "select 'run', stage, status, exit_code from runs"
        """)
      try check(result, victim: victim)
    }
  },
  .commands(
    "standard-streams",
    "each of the 13 commands with standard input, output, error closed or full, or with a closed pipe",
    expected: "one message and the exit code of its kind, or the work done",
    anchor: "coreutils: close_stdout",
    count: 13 * streamFaults.count, short: 13 * streamFaults.count
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let (fault, codes) = streamFaults[number % streamFaults.count]
      let line = everyCommand[number / streamFaults.count]
      let faulty = fault.replacing("COMMAND", with: line)
      let result = try shop.attempt("(set -o pipefail; \(faulty)); echo $?", timeout: 30)
      try result.expectNoTrap()
      try result.expect(codes.contains(result.lines.last.flatMap { Int($0) } ?? -1), faulty)
    }
  },
]

// MARK: - Samples

/// Series, windows, texts and padded texts, models of them, and a download.
let samplePipeline = """
  rnn-synth sine --length 400 --seed 1 -q -o s
  rnn-window s --length 20 -q | rnn-split --random --test 0.2 -q -o w
  rnn-synth text --rows 60 --seed 1 -q -o t
  rnn-tokenize t -q -o k; rnn-pad k --length 12 -q -o p
  rnn-train w --layers 'lstm(4) dense(1)' --epochs 1 -q -o m
  rnn-predict m w -q -o f
  printf 'neg\\ta bad film\\npos\\ta good film\\n' > texts.txt
  """

/// Commands that read a stream, with the sample that they read.
private let readingLines = [
  ("s", "rnn-window --length 20 -q -o out"), ("s", "rnn-split --chronological 0.8,0.2 -q -o out"),
  ("t", "rnn-tokenize -q -o out"), ("k", "rnn-pad --length 9 -q -o out"),
  ("w", "rnn-inspect --json > /dev/null"),
  ("w", "rnn-convert -q -o out.npz"), ("w", "rnn-train --layers 'lstm(2) dense(1)' --epochs 1 -q -o out"),
  ("w", "rnn-predict $S/m -q -o out"), ("s", "rnn-plot series -q -o out.svg"),
]

/// A line of each command that writes to standard output, and reads standard input if it can.
private let everyCommand = [
  "rnn-download $S/texts.txt", "rnn-synth sine --length 2000", "rnn-tokenize < $S/t",
  "rnn-pad --length 9 < $S/k",
  "rnn-window --length 20 < $S/s", "rnn-split --random < $S/s",
  "rnn-train --layers 'lstm(2) dense(1)' --epochs 1 < $S/w", "rnn-predict $S/m < $S/w",
  "rnn-backtest $S/s --length 9 --horizon 1 --origins 2 --layers 'lstm(2) dense(1)' --epochs 1",
  "rnn-plot series --text < $S/s", "rnn-runs --registry $S/samples.db", "rnn-inspect < $S/w",
  "rnn-convert --to jsonl < $S/w",
]

/// Faults of standard streams, and the exit codes that they may lead to.
private let streamFaults: [(line: String, exits: Set<Int>)] = [
  ("COMMAND > /dev/full", [74]), ("COMMAND >&-", [74]), ("COMMAND 2> /dev/full > out", [0]),
  ("COMMAND 2>&- > out", [0]), ("COMMAND <&- > out", [0, 66]),
  ("COMMAND < /dev/null > out", [0, 64, 65, 66]),
  ("COMMAND | true", [0]), ("COMMAND <&- >&- 2>&-", [66, 74]),
]

// MARK: - Pipes of five stages

private let fiveStages = [
  "rnn-synth text --rows 20000 --seed 1 -q", "rnn-tokenize -q", "rnn-pad --length 40 -q",
  "rnn-split --random --test 0.2 --seed 1 -q", "rnn-convert -q -o out.tensors.zst",
]

/// A pipe; with `recordsExits`, each stage leaves its process id and exit code. The stage's input is handed on as
/// descriptor 3, since a shell gives commands in the background an empty one.
private func killedPipe(stages: [String], recordsExits: Bool = false) -> String {
  guard recordsExits else { return stages.joined(separator: " | ") }
  return stages.enumerated().map { index, stage in
    "{ exec 3<&0; \(stage) <&3 & echo $! > pid\(index); exec 3<&-; wait $!; echo $? > exit\(index); }"
  }.joined(separator: " | ")
}

private func check(_ result: CommandResult, victim: Int) throws {
  // A stage that has threads of its own has noted its beginning; a younger one may have come to nothing yet.
  let threads = result.lines.first { $0.hasPrefix("threads") }.flatMap { Int($0.dropFirst(8)) } ?? 0
  let exits = (result.lines.first { $0.hasPrefix("exits") } ?? "").split(separator: " ").dropFirst()
    .compactMap {
      Int($0)
    }
  try result.expect(exits.count == 5, "a stage has no exit code")
  let output = result.lines.first { ["whole", "none", "torn"].contains($0) }
  try result.expect(output == "whole" || output == "none", "a torn output")
  try result.expect((output == "whole") || exits[4] != 0, "no output, but the last stage is done")
  if exits[victim] == 137 && output != "whole" {
    try result.expect(
      exits[victim...].allSatisfy { $0 != 0 }, "a stage after the killed one is done: \(exits)")
  }
  let runs = result.lines.filter { $0.hasPrefix("run ") }.map { $0.split(separator: " ").map(String.init) }
  let names = ["rnn-synth", "rnn-tokenize", "rnn-pad", "rnn-split", "rnn-convert"]
  for (name, exit) in zip(names, exits) {
    let status = runs.first { $0[1] == name }?[2]
    // Between its record and its end, a stage is done.
    try result.expect(
      exit == 0 || status != "done" || exit == 137 && output == "whole",
      "\(name): exit \(exit), but recorded as done")
    try result.expect(status != "running", "\(name) is recorded as running")
    if exit != 0 && (exit != 137 || threads > 2) {
      try result.expect(
        status == (exit == 137 ? "interrupted" : "failed"),
        "\(name): exit \(exit), recorded as \(status ?? "nothing")")
    }
  }
}
