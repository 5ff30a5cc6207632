// Files that claim or contain far too much, memory that runs out, and processors that lack instructions.

import Foundation

let hostileExperiments: [Experiment] = [
  .commands(
    "bombs", "files of up to 2 MB that claim up to 8.88 PiB, a window of 2^41, or expand 1,000 times",
    expected: "refused in 1 s and 100 MiB beyond an empty run; what expands is stopped at its cap in 5 s and 400 MiB",
    anchor: "Keras CVE-2026-0897: 885 bytes claim 8.88 PiB", count: bombs.count, short: bombs.count,
    needs: ["zstd", "gzip"]
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let bomb = bombs[number]
      let made = try shop.attempt("\(bomb.make) > $S/bomb")
      try made.expect(made.exit == 0, "can't be made")
      let result = try shop.attempt("\(bomb.read.replacing("BOMB", with: "$S/bomb")) > out; echo $?")
      try result.expectNoTrap()
      try result.expect(["64", "65"].contains(result.lines.last), bomb.read)
      try result.expect(
        result.seconds < bomb.seconds, "\(bomb.make) into \(bomb.read) took \(result.seconds) s")
      try result.expect(result.peakMemory < bomb.memory, "\(bomb.read) took \(result.peakMemory) MiB")
    }
  },
  .commands(
    "little-memory", "8 commands with address space limited in steps of 2 MiB",
    expected: "the work done, or one line and exit 71; nothing half-written",
    anchor: "SQLite: allocation failure at every call", count: writers.count * 128, short: 16
  ) { shop in
    try shop.make(samplePipeline)
    return { number in
      let (writer, limit) = (writers[number % writers.count], 16 + number / writers.count * 37 % 128 * 2)
      let result = try shop.attempt(
        """
        echo old > \(writer.output); (ulimit -v $((\(limit) << 10)); \(writer.line)) 2> err; code=$?
        cat err >&2; state=new; test "$(head -c 3 \(writer.output))" = old && state=old
        echo $state $code $(grep -c . err) $(ls -A | grep -c '^\\.rnn-')
        """)
      // Below some limit, the system itself can't load the program.
      let isLoaded = !["old 126", "old 127", "old 139"].contains { result.lines.last?.hasPrefix($0) == true }
      if !isLoaded && limit < 24 { return }
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

// MARK: - Bombs

/// A file that is too much.
private struct Bomb {
  /// Writes it to standard output.
  let make: String
  let read: String
  var seconds = 1.0
  var memory = 100
}

private let bombs = claims + expansions

/// A safetensors document of a header.
private func document(_ header: String, length: String? = nil) -> String {
  let count = length ?? (0..<8).map { String(format: "\\%03o", header.utf8.count >> (8 * $0) & 255) }.joined()
  return "printf '\(count)%s' '\(header)'"
}

private let claimedShapes = [
  ("[9998683857346560]", "9998683857346560", "U8"), ("[4294967292]", "4294967292", "U8"),
  ("[268435457]", "268435457", "U8"), ("[4611686018427387904,4]", "0", "F32"),
  ("[1099511627776,1099511627776]", "16", "F32"), ("[9223372036854775807]", "9223372036854775807", "U8"),
  ("[18446744073709551615]", "18446744073709551615", "U8"), ("[1,1000000000]", "1000000000", "U8"),
]

/// Sizes that are claimed in a header.
private let claims: [Bomb] =
  claimedShapes.flatMap { shape, end, type in
    let header = #"{"x":{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[0,\#(end)]}}"#
    return [
      Bomb(make: document(header), read: "rnn-inspect --json < BOMB"),
      Bomb(make: document(header) + " | zstd -c --check", read: "rnn-inspect --json < BOMB"),
      Bomb(make: document(header), read: "rnn-predict $S/m BOMB"),
      Bomb(make: document(header), read: "rnn-train --layers 'lstm(2) dense(1)' BOMB --init BOMB"),
    ]
  } + [
    Bomb(make: document("{", length: #"\377\377\377\377\377\377\377\377"#), read: "rnn-inspect BOMB"),
    Bomb(make: document("{", length: #"\377\377\377\0\0\0\0\0"#), read: "rnn-inspect BOMB"),
    Bomb(
      make: #"printf '\050\265\057\375\344\0\0\0\0\0\0\0\100'; head -c 900 /dev/zero"#,
      read: "rnn-inspect BOMB"),
    Bomb(make: #"printf '\050\265\057\375\004\370'; head -c 900 /dev/zero"#, read: "rnn-inspect BOMB"),
    Bomb(
      make:
        #"printf "\223NUMPY\001\000\166\000{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000000000,), }"; head -c 99 /dev/zero | tr '\0' ' '"#,
      read: "rnn-convert --from npy BOMB -o out.csv"),
  ]

/// Contents that expand.
private let expansions: [Bomb] = [
  Bomb(make: "head -c 1000000000 /dev/zero | zstd -c --check", read: "rnn-inspect BOMB"),
  Bomb(make: "yes '{' | head -c 300000000 | zstd -c --check", read: "rnn-inspect BOMB"),
  Bomb(
    make: "head -c 300000000 /dev/zero | gzip -1", read: "rnn-window BOMB --length 5", seconds: 5, memory: 400
  ),
  Bomb(
    make: "yes ',' | tr -d '\\n' | head -c 300000000 | gzip -1", read: "rnn-window BOMB --length 5",
    seconds: 5, memory: 400),
  Bomb(
    make: "(echo a; yes 1 | tr -d '\\n' | head -c 300000000) | gzip -1", read: "rnn-window BOMB --length 5",
    seconds: 5, memory: 400),
  Bomb(
    make: "(printf '{\"a\":\"'; yes x | tr -d '\\n' | head -c 300000000) | gzip -1",
    read: "rnn-tokenize --format jsonl BOMB", seconds: 5, memory: 400),
  Bomb(
    make: "(printf '{\"a\":'; yes '[' | tr -d '\\n' | head -c 3000000) | gzip -1",
    read: "rnn-tokenize --format jsonl BOMB", seconds: 5, memory: 400),
]
