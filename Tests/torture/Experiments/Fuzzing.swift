// Coverage-guided fuzzing, in batches of inputs: `make fuzz` builds the program, which keeps what it learned in
// out/torture/corpus.

import CommandRunning
import Foundation

/// An experiment for each reader, and one with large inputs of all of them.
let fuzzExperiments: [Experiment] = readerExperiments + [largeInputs]

private let readerExperiments: [Experiment] = fuzzedReaders.map { reader, what in
  Experiment(
    name: "fuzz-\(reader)", fault: "coverage-guided fuzzing of \(what)",
    expected: "read or refused, without a trap, in 5 s and 512 MiB",
    anchor: reader == "safetensors"
      ? "an outsider's 48 million inputs for safetensors" : "zstd: 20 fuzz targets, run for ever",
    count: 2_000_000, short: 2000, obstacle: { isBuilt ? nil : "make fuzz builds what it needs" },
    batch: 100_000
  ) {
    try checkThatTrapsAreFound()
    return { range in try fuzz(reader, range) }
  }
}

private let largeInputs = Experiment(
  name: "fuzz-megabytes",
  fault: "each of the readers above, with inputs of which a part is repeated up to 1 MiB",
  expected: "read or refused, without a trap, in 5 s and 512 MiB",
  anchor: "zstd: 20 fuzz targets, run for ever",
  count: 100 * fuzzedReaders.count, short: 0,
  obstacle: { isBuilt ? nil : "make fuzz builds what it needs" },
  batch: 100
) {
  { range in
    let reader = fuzzedReaders[range.lowerBound / 100 % fuzzedReaders.count].0
    return try fuzz(reader, range, size: 1 << 20)
  }
}

private let program = CommandRunner.repository.appending(path: ".build-fuzz/release/fuzz").path

private var isBuilt: Bool { FileManager.default.isExecutableFile(atPath: program) }

/// The readers by their names in Tests/fuzz, and what they read.
private let fuzzedReaders = [
  ("stream", "tensor streams"), ("frames", "documents in valid frames"), ("safetensors", "safetensors"),
  ("random-access", "streams read at random"), ("model", "models"), ("keras", ".keras files"),
  ("keras-config", "Keras's JSON of models"), ("hdf5", "HDF5"), ("onnx", "ONNX models"),
  ("npy", "npy"), ("npz", "npz"), ("wav", "WAV"),
  ("csv", "series in CSV"), ("table", "tables"), ("jsonl", "JSON Lines"), ("ts", "files of sequences"),
  ("json", "JSON"), ("text", "labeled texts"), ("conllu", "CoNLL-U"), ("conll", "CoNLL columns"),
  ("tokenizer", "tokenizer.json"), ("archive", "tar and zip archives"), ("zip", "zip archives"),
  ("http", "HTTP responses"), ("layers", "layers in a string"),
  ("settings", "optimizers, losses, metrics in strings"),
]

/// Throws `Harm` if the fuzzer doesn't find the fault of its reader `planted`.
private func checkThatTrapsAreFound() throws {
  let result = try CommandRunner().run(
    "'\(program)' planted -runs=10000000 -seed=1 -artifact_prefix=planted-", timeout: 600)
  guard result.exit != 0 else { throw Harm("the planted fault isn't found: the fuzzer finds nothing") }
}

/// Runs a batch, which goes on after an input that fails.
/// - Parameter size: the size to which inputs are enlarged; such runs start from the seeds alone, and keep nothing.
private func fuzz(
  _ reader: String, _ range: Range<Int>, size: Int? = nil
) throws -> [FailedAttempt] {
  let corpora = (size == nil ? [try folder("corpus/\(reader)")] : []) + seeds(reader)
  let crashes = try folder("crashes")
  var (next, failed) = (range.lowerBound, [FailedAttempt]())
  while next < range.upperBound {
    let result = try CommandRunner().run(
      """
      export TMPDIR=$(test -w /dev/shm && echo /dev/shm || echo /tmp)
      export FUZZ_REPEAT=\(size ?? 0)
      exec '\(program)' \(reader) -runs=\(range.upperBound - next) -seed=\(next + 1) -max_len=65536 -timeout=5 \\
        -rss_limit_mb=512 -malloc_limit_mb=300 -artifact_prefix='\(crashes)/\(reader)-' -print_final_stats=1 \\
        \(corpora.map { "'\($0)'" }.joined(separator: " "))
      """, timeout: 7200)
    if result.exit == 0 { return failed }
    failed.append(FailedAttempt(number: next, problem: reason(result)))
    guard failed.count < 5 else { throw Harm("\(reader): \(failed.map(\.problem).joined(separator: "; "))") }
    next += max(1, executed(result))
  }
  return failed
}

/// The folders of inputs to start from. HDF5 has more kinds of blocks than our own files.
private func seeds(_ reader: String) -> [String] {
  let names = reader == "hdf5" ? ["fuzz/hdf5", "keras/saved"] : ["fuzz/\(reader)"]
  return names.map { CommandRunner.repository.appending(path: "fixtures/\($0)").path }
}

private func folder(_ name: String) throws -> String {
  let folder = CommandRunner.repository.appending(path: "out/torture/\(name)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder.path
}

/// Why an input failed, and the file that it was written to.
private func reason(_ result: CommandResult) -> String {
  let lines = (result.stderr + result.stdout).split(separator: "\n")
  let reason = lines.first { $0.contains("ERROR") || $0.hasPrefix("fuzz: ") } ?? "exit \(result.exit)"
  let file = lines.last { $0.contains("Test unit written to") } ?? ""
  return "\(reason) \(file)"
}

/// The number of inputs before the end.
private func executed(_ result: CommandResult) -> Int {
  let line = result.stderr.split(separator: "\n").first { $0.contains("number_of_executed_units") }
  return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
}
