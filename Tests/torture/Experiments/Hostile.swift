// Bombs, memory that runs out, and processors that lack instructions.

import Foundation

let hostileExperiments: [Experiment] = [
  bombExperiment,
  .commands(
    "little-memory", "8 commands with address space limited in steps of 2 MiB",
    expected: "the work done, or one line and exit 71; nothing half-written",
    anchor: "SQLite: allocation failure at every call", count: writers.count * 128, short: 16
  ) { shop in
    try shop.make(samplePipeline)
    let programSize =
      try shop.attempt("stat -Lc %s $(command -v rnn-pad)").lines.first.flatMap { Int($0) } ?? 0
    return { number in
      let (writer, limit) = (writers[number % writers.count], 16 + number / writers.count * 37 % 128 * 2)
      let result = try shop.attempt(
        """
        echo old > \(writer.output); (ulimit -v $((\(limit) << 10)); \(writer.line)) 2> err; code=$?
        cat err >&2; state=new; test "$(head -c 3 \(writer.output))" = old && state=old
        echo $state $code $(grep -c . err) $(ls -A | grep -c '^\\.rnn-')
        """)
      // The system itself can't load a program that is larger than the limit.
      let isLoaded = !["old 126", "old 127", "old 139"].contains { result.lines.last?.hasPrefix($0) == true }
      if !isLoaded && limit < programSize >> 20 + 12 { return }
      try result.expectNoTrap()
      let isExpected = ["new 0 0 0", "old 71 1 0"].contains(result.lines.last)
      try result.expect(isExpected, "\(writer.line) in \(limit) MiB")
    }
  },
  .commands(
    "old-processor", "each of the 13 commands on a processor without AVX2 (QEMU, Nehalem)",
    expected: "one line that says what is missing", anchor: "none published", count: 13, short: 13,
    needs: ["qemu-x86_64"]
  ) { shop in
    let names = [
      "download", "synth", "tokenize", "pad", "window", "split", "train", "predict", "backtest", "plot",
      "runs",
      "inspect", "convert",
    ]
    return { number in
      let result = try shop.attempt("qemu-x86_64 -cpu Nehalem $(command -v rnn-\(names[number])) --version")
      try result.expectNoTrap()
      let isRefused = result.exit == 70 && result.stderr.split(separator: "\n").count == 1
      try result.expect(isRefused || result.exit == 0, "rnn-\(names[number])")
    }
  },
]
