// Files and options that claim far too much, and contents that expand. What a command takes is compared with what the same
// command takes for something tiny, in processor time and memory, so that other load doesn't matter.

import CommandRunning

/// A file or an option that is too much.
private struct Bomb {
  /// Writes the file to standard output.
  var make = ":"
  /// The end of the file's name.
  var ending = ""
  /// The command; `BOMB` is the file.
  let read: String
  /// The same command with something tiny; nil for an empty file.
  var tiny: String?
  /// The processor seconds that it may take beyond those of something tiny.
  var seconds = 0.1
  /// The MiB that it may take beyond those of something tiny.
  var memory = 64
}

private let bombs = claims + files + options + expansions

let bombExperiment = Experiment.commands(
  "bombs",
  "\(bombs.count) files and options that claim up to 8.88 PiB, a window of 2^41, 2^63 rows, or expand 1,000 times",
  expected:
    "refused in 100 ms of processor time and 64 MiB more than for something tiny; what expands, at its cap in 3 s and 256 MiB",
  anchor: "Keras CVE-2026-0897: 885 bytes claim 8.88 PiB", count: bombs.count, short: bombs.count,
  needs: ["zstd", "gzip", "python3"]
) { shop in
  try shop.make(
    """
    \(samplePipeline)
    rnn-convert s -q -o s.csv; rnn-synth text --rows 9 -q -o t; rnn-tokenize t -q -o ids
    """)
  return { number in
    let bomb = bombs[number]
    let place = "$S/bomb\(bomb.ending)"
    let tiny = bomb.tiny ?? bomb.read.replacing("BOMB", with: "$S/tiny\(bomb.ending)")
    let usual = try shop.attempt(": > $S/tiny\(bomb.ending)\n(\(tiny)) > out")
    let made = try shop.attempt("\(bomb.make) > \(place)")
    try made.expect(made.exit == 0, "can't be made")
    let line = "(\(bomb.read.replacing("BOMB", with: place))) > out; echo $?"
    var result = try shop.attempt(line)
    try result.expectNoTrap()
    try result.expect(["64", "65", "71"].contains(result.lines.last), bomb.read)
    try result.expect(result.stderr.contains("rnn-"), "no message")
    // On a busy machine, the system takes longer for the same work.
    for _ in 1..<5 where result.processorSeconds - usual.processorSeconds >= bomb.seconds {
      result = try shop.attempt(line)
    }
    let seconds = result.processorSeconds - usual.processorSeconds
    try result.expect(seconds < bomb.seconds, "\(bomb.make) into \(bomb.read) took \(seconds) s more")
    let memory = result.peakMemory - usual.peakMemory
    try result.expect(memory < bomb.memory, "\(bomb.make) into \(bomb.read) took \(memory) MiB more")
  }
}

// MARK: - Headers

/// A safetensors document of a header.
private func document(_ header: String, length: String? = nil) -> String {
  let count =
    length
    ?? (0..<8).map { byte in
      let digits = String(header.utf8.count >> (8 * byte) & 255, radix: 8)
      return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
    }.joined()
  return "printf '\(count)%s' '\(header)'"
}

private let claimedShapes = [
  ("[9998683857346560]", "9998683857346560", "U8"), ("[4294967292]", "4294967292", "U8"),
  ("[268435457]", "268435457", "U8"), ("[4611686018427387904,4]", "0", "F32"),
  ("[1099511627776,1099511627776]", "16", "F32"), ("[9223372036854775807]", "9223372036854775807", "U8"),
  ("[18446744073709551615]", "18446744073709551615", "U8"), ("[1,1000000000]", "1000000000", "U8"),
]

/// Sizes that are claimed in the header of a stream or an array.
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

// MARK: - Other files

/// A file that `fixtures/bombs/make.py` makes.
private func made(_ name: String, _ ending: String, _ read: String, compress: Bool = false) -> Bomb {
  let make = "python3 $FIXTURES/bombs/make.py \(name)"
  return Bomb(make: compress ? "\(make) | zstd -c --check" : make, ending: ending, read: read)
}

/// A file of lines.
private func written(_ make: String, _ ending: String, _ read: String) -> Bomb {
  Bomb(make: make, ending: ending, read: read)
}

private let files: [Bomb] =
  ["continuations", "datatypes", "names", "header"].map {
    made("hdf5-\($0)", ".weights.h5", "rnn-train $S/w --layers 'lstm(2) dense(1)' --init BOMB -o out")
  }
  + ["shape", "row", "fortran", "side", "header", "directory"].map {
    made("npz-\($0)", ".npz", "rnn-convert BOMB -o out.csv")
  } + ["size", "channels", "rate"].map { made("wav-\($0)", ".wav", "rnn-window BOMB -o out") }
  + ["units", "steps", "repeat"].map {
    made("keras-\($0)", ".keras", "rnn-train $S/w --config BOMB -o out")
  }
  + ["ids", "values", "deep"].map {
    made("tokenizer-\($0)", ".json", "rnn-tokenize $S/t --vocab BOMB -o out")
  }
  + ["units", "weights"].map { made("model-\($0)", "", "rnn-predict BOMB $S/w") }
  + ["values", "keys"].flatMap { name in
    ["rnn-inspect BOMB", "rnn-predict BOMB $S/w", "rnn-convert BOMB -o out.csv"].map {
      made("json-\(name)", "", $0, compress: true)
    }
  } + [
    made("tar-size", ".tar", "rnn-download imdb --url BOMB -o out"),
    written(
      "echo @dimensions 9223372036854775807; echo @classLabel false; echo @data; echo 1,2", ".ts",
      "rnn-window BOMB -o out"),
    written(
      "echo @classLabel false; echo @data; yes 1: | tr -d '\\n' | head -c 140000; echo 1", ".ts",
      "rnn-window BOMB -o out"),
    written("yes a | tr -d '\\n' | head -c 1100000", ".ts", "rnn-window BOMB -o out"),
    written("yes a | tr -d '\\n' | head -c 1100000", ".conllu", "rnn-tokenize BOMB -o out"),
    written("yes '#' | head -n 300000", ".conllu", "rnn-tokenize BOMB -o out"),
    written("seq 20000000000000000000 20000000000000000009", ".conllu", "rnn-tokenize BOMB -o out"),
    written(
      "(echo date,v; echo 2024-01-01,1e999999999)", ".csv", "rnn-window BOMB --length 1 -o out"),
    written(
      "(echo '{\"text\":\"a\",\"label\":1e999999999}')", ".jsonl", "rnn-tokenize BOMB -o out"),
    written("(echo epoch,loss; echo 1e18,1; echo 1e999,2)", ".csv", "rnn-plot history BOMB -o out.png"),
  ]

// MARK: - Options

/// An option or a layer that is given a number that can't be, beside the same with 1.
private func given(_ command: String, _ numbers: [String]) -> [Bomb] {
  numbers.map {
    Bomb(read: command.replacing("N", with: $0), tiny: command.replacing("N", with: "1"))
  }
}

private let huge = ["9223372036854775807", "9e18", "1e12", "1000000000000"]

private let options: [Bomb] =
  [
    "rnn-window $S/s --length N -o out", "rnn-window $S/s --length 1 --horizon N -o out",
    "rnn-pad $S/ids --length N -o out", "rnn-predict $S/m $S/w --batch-size N -o out",
    "rnn-train $S/w --layers 'lstm(1) dense(1)' --batch-size N --epochs 1 -o out",
    "rnn-train $S/w --layers 'lstm(N) dense(1)' --epochs 1 -o out",
    "rnn-train $S/w --layers 'lstm(1) dense(1)' --epochs 1 --threads N -o out",
    "rnn-backtest $S/s.csv --length 5 --horizon N --layers 'lstm(1) dense(1)' --origins 1 --epochs 1 -o out.csv",
    "rnn-synth sine --length N -o out",
  ].flatMap { given($0, huge) }
  + given("rnn-tokenize $S/t --vocab-size N -o out", ["9223372036854775807", "9e18", "4294967296"])
  + [
    "lstm(N) dense(1)", "bidirectional(lstm(N)) dense(1)", "dense(N) dense(N) lstm(1) dense(1)",
    "lstm(1,return_sequences) time_distributed(dense(N)) time_distributed(dense(N)) flatten dense(1)",
  ].flatMap { given("rnn-train $S/w --layers '\($0)' --epochs 1 -o out", ["16777216"]) }

// MARK: - Contents that expand

private func expanding(_ make: String, _ read: String) -> Bomb {
  Bomb(make: make, read: read, seconds: 3, memory: 256)
}

private let expansions: [Bomb] = [
  expanding("head -c 1000000000 /dev/zero | zstd -c --check", "rnn-inspect BOMB"),
  expanding("yes '{' | head -c 300000000 | zstd -c --check", "rnn-inspect BOMB"),
  expanding("head -c 300000000 /dev/zero | gzip -1", "rnn-window BOMB --length 5"),
  expanding("yes ',' | tr -d '\\n' | head -c 300000000 | gzip -1", "rnn-window BOMB --length 5"),
  expanding("(echo a; yes 1 | tr -d '\\n' | head -c 300000000) | gzip -1", "rnn-window BOMB --length 5"),
  expanding("yes '' | head -c 300000000 | gzip -1", "rnn-window BOMB --length 5"),
  expanding("(echo a,b; yes , | head -c 300000000) | gzip -1", "rnn-window BOMB --length 5"),
  expanding(
    "(printf '{\"a\":\"'; yes x | tr -d '\\n' | head -c 300000000) | gzip -1",
    "rnn-tokenize --format jsonl BOMB"),
  expanding(
    "(printf '{\"a\":'; yes '[' | tr -d '\\n' | head -c 3000000) | gzip -1",
    "rnn-tokenize --format jsonl BOMB"),
  expanding("yes '' | head -c 300000000 | gzip -1", "rnn-tokenize --format lines BOMB"),
  expanding("yes '' | head -c 300000000 | gzip -1", "rnn-tokenize --format jsonl BOMB"),
  expanding("yes '#' | head -c 300000000 | gzip -1", "rnn-tokenize --format conllu BOMB"),
  expanding("yes '' | head -c 300000000 | gzip -1", "rnn-tokenize --format conllu BOMB"),
  Bomb(
    make: "python3 $FIXTURES/bombs/make.py keras-weights", ending: ".keras",
    read: "rnn-convert BOMB -o out.tensors.zst", seconds: 3, memory: 256),
  Bomb(
    make: "python3 $FIXTURES/bombs/make.py keras-config", ending: ".keras",
    read: "rnn-convert BOMB -o out.tensors.zst", seconds: 3, memory: 256),
  Bomb(
    make: "python3 $FIXTURES/bombs/make.py npz-members", ending: ".npz",
    read: "rnn-convert BOMB -o out.csv", seconds: 3, memory: 256),
]
