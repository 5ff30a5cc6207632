// Measures how fast the six reference models train and predict, with inputs in memory: one JSON line per
// model and kind. The options are in `usage`.

import Failures
import Glibc
import JSON
import Kernels
import Networks
import TensorFile
import Training

let usage = """
  usage: throughput [options] [model ...]

    --threads N            threads (all cores)
    --repeats N            measurements of each, of which the median is printed (5)
    --milliseconds N       the approximate length of a measurement (500)
    --inputs FILE          reviews from rnn-pad (default: synthetic ones)
    --write-inputs FILE    write the reviews to FILE and exit
    --mappings FILE        rows of tagging, text and translation, for --serve
    --write-mappings FILE  write synthetic rows of these to FILE and exit
    --cells                compare the training of recurrent cells with the GRU's and exit
    --steps                measure single steps of low latency and exit
    --peak                 print the speed of large matrix products and exit
    --serve                measure on request, with JSON on standard input and output
  """

func flushOutput() { fflush(nil) }

/// The options on the command line.
struct Options {
  var threads = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  var repeats = 5
  var milliseconds = 500
  var inputs: String?
  var writeInputs: String?
  var mappings: String?
  var writeMappings: String?
  var models: [ReferenceModel] = []
  var peak = false
  var cells = false
  var steps = false
  var serve = false

  init(_ arguments: [String]) throws {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--threads": threads = try number(word, &rest)
      case "--repeats": repeats = try number(word, &rest)
      case "--milliseconds": milliseconds = try number(word, &rest)
      case "--inputs": inputs = try value(word, &rest)
      case "--write-inputs": writeInputs = try value(word, &rest)
      case "--mappings": mappings = try value(word, &rest)
      case "--write-mappings": writeMappings = try value(word, &rest)
      case "--peak": peak = true
      case "--cells": cells = true
      case "--steps": steps = true
      case "--serve": serve = true
      case "--help":
        print(usage)
        exit(0)
      default: models.append(try ReferenceModel.named(word))
      }
    }
    if models.isEmpty { models = ReferenceModel.all }
  }

  private func value(_ name: String, _ rest: inout ArraySlice<String>) throws -> String {
    guard let value = rest.popFirst() else { throw Failure.usage("\(name) needs a value") }
    return value
  }

  private func number(_ name: String, _ rest: inout ArraySlice<String>) throws -> Int {
    guard let number = Int(try value(name, &rest)), number > 0 else {
      throw Failure.usage("\(name) needs a positive integer")
    }
    return number
  }
}

/// Measurements and their JSON lines.
struct Report {
  let options: Options
  let inputs: Inputs
  /// The speed of large matrix products with the same number of threads, in 10^9 operations per second.
  let peak: Double

  func measure(_ model: ReferenceModel) throws {
    let workload = try Workload(model, inputs, full: false, threads: options.threads)
    defer { workload.close() }
    for kind in [Kind.train, .predict] { throughput(workload, kind) }
    latency(workload)
  }

  private func throughput(_ workload: Workload, _ kind: Kind) {
    let model = workload.model
    let speed = Double(model.batch) / secondsEach(workload, kind)
    let operations = speed * model.nominalOperations * (kind == .train ? 3 : 1) / 1e9
    var line: [String: JSONValue] = [
      "model": .string(model.name), "kind": .string(kind.rawValue), "batch": .integer(Int64(model.batch)),
      "threads": .integer(Int64(options.threads)), "cpu_target": .string(CPUSupport.target),
      "sequences_per_second": .number(speed.rounded()),
      "nominal_gflop_per_second": .number(rounded(operations)),
      "share_of_sgemm": .number(rounded(operations / peak)),
    ]
    if kind == .train { line["allocations_per_step"] = .number(workload.allocationsPerStep()) }
    print(JSONValue.object(line).text)
    flushOutput()
  }

  private func latency(_ workload: Workload) {
    guard !workload.model.name.hasPrefix("bidirectional") else { return }
    let microseconds = secondsEach(workload, .step) * 1e6
    let line: JSONValue = [
      "model": .string(workload.model.name), "kind": "step", "rows": 1, "threads": 1,
      "cpu_target": .string(CPUSupport.target), "microseconds": .number(rounded(microseconds)),
    ]
    print(line.text)
    flushOutput()
  }

  /// The time of one batch, or one step, in seconds: the median of several measurements.
  private func secondsEach(_ workload: Workload, _ kind: Kind) -> Double {
    var count = 1
    var seconds = workload.seconds(kind, 1)
    while seconds < 0.02 {
      count *= 2
      seconds = workload.seconds(kind, count)
    }
    count = max(1, Int(Double(options.milliseconds) / 1_000 / seconds * Double(count)))
    let times = (0..<options.repeats).map { _ in workload.seconds(kind, count) }
    return times.sorted()[options.repeats / 2] / Double(count)
  }

  private func rounded(_ value: Double) -> Double { (value * 1_000).rounded() / 1_000 }
}

func printPeak() throws {
  let cores = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  for threads in cores == 1 ? [1] : [1, cores] {
    let peak = try MatrixPeak.measure(threads: threads)
    let line: JSONValue = [
      "kind": "sgemm", "size": 2_048, "threads": .integer(Int64(threads)),
      "openblas_core": .string(MatrixPeak.core),
      "gflop_per_second": .number(peak.rounded()),
    ]
    print(line.text)
    flushOutput()
  }
}

do {
  let options = try Options(Array(CommandLine.arguments.dropFirst()))
  if options.peak {
    try printPeak()
    exit(0)
  }
  if options.steps {
    try StepComparison(steps: 50_000).run()
    exit(0)
  }
  if options.cells {
    for input in CellComparison.Input.allCases {
      try CellComparison(
        input: input, threads: options.threads, repeats: options.repeats, milliseconds: options.milliseconds
      ).run()
    }
    exit(0)
  }
  if let path = options.writeMappings {
    try MappingData.write(to: path)
    exit(0)
  }
  let inputs = try options.inputs.map { try Inputs(stream: $0) } ?? Inputs()
  if let path = options.writeInputs {
    try inputs.write(to: path)
  } else if options.serve {
    let mappings = try options.mappings.map { try MappingData(path: $0) }
    Server(inputs, mappings: mappings, threads: options.threads).serve()
  } else {
    let peak = try MatrixPeak.measure(threads: options.threads)
    for model in options.models { try Report(options: options, inputs: inputs, peak: peak).measure(model) }
  }
} catch let failure as Failure {
  let line = Array("throughput: \(failure)\n".utf8)
  _ = write(2, line, line.count)
  exit(failure.kind.rawValue)
}
