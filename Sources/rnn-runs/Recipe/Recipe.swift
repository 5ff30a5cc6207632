// The runs that made a run's data, upstream ones first, and how data went from one to the next: by pipes, by files that
// a shell wrote, or by files of their own.

import Failures
import Registry

/// All that has to be run to make a run's outputs again.
struct Recipe {
  /// A run, with what it read and wrote.
  struct Step {
    let run: Run
    let inputs: [RecordedInput]
    let outputs: [RunOutput]
    var standardInput = StandardInput.none
    var standardOutput = StandardOutput.nothing
  }

  /// Where a step's standard input is from.
  enum StandardInput: Equatable {
    case none
    /// The step with this index.
    case pipe(Int)
    /// Files, one after another.
    case files([String])
    /// A program that records nothing.
    case unknown(Artifact)
  }

  /// Where a step's standard output goes to.
  enum StandardOutput: Equatable {
    case nothing
    /// The step with this index.
    case pipe(Int)
    /// A file that the shell writes.
    case file(String)
  }

  /// The steps; each comes after those whose data it reads.
  private(set) var steps: [Step] = []

  /// - Throws: `Failure` (usage) if one of the runs did not succeed.
  init(of run: Run, in registry: Registry) throws {
    var collector = StepCollector(registry)
    try collector.add(run)
    steps = collector.steps
    let indices = collector.indices
    for index in steps.indices {
      guard steps[index].outputs.contains(where: { $0.path == nil }) else { continue }
      if let path = shellFile(of: index, indices) { steps[index].standardOutput = .file(path) }
    }
    for index in steps.indices { connect(index, indices) }
  }

  /// The index of the step that made an input, if it is in the recipe.
  private func producer(of input: RecordedInput, _ indices: [String: Int]) -> Int? {
    input.upstream.flatMap { indices[$0.run] }
  }

  /// Connects a step's standard output with those that read it, and what it reads with its standard input.
  private mutating func connect(_ index: Int, _ indices: [String: Int]) {
    let piped = steps[index].inputs.filter { $0.path == nil }
    guard let first = piped.first else { return }
    let producers = piped.compactMap { producer(of: $0, indices) }
    guard producers.count == piped.count else {
      steps[index].standardInput = .unknown(first.artifact)
      return
    }
    if producers.count == 1, canPipe(from: producers[0], indices) {
      steps[producers[0]].standardOutput = .pipe(index)
      steps[index].standardInput = .pipe(producers[0])
    } else {
      steps[index].standardInput = .files(zip(producers, piped).map { file(of: $0, $1.artifact, indices) })
    }
  }

  /// Whether a step's standard output has one reader, which reads it from a pipe.
  private func canPipe(from producer: Int, _ indices: [String: Int]) -> Bool {
    guard steps[producer].outputs.contains(where: { $0.path == nil }) else { return false }
    let readers = steps.filter { step in
      step.inputs.contains { self.producer(of: $0, indices) == producer }
    }
    return readers.count == 1
      && readers[0].inputs.filter { self.producer(of: $0, indices) == producer }.count == 1
  }

  /// The file that a step's data is in: its own, or that to which the shell writes its standard output.
  private mutating func file(of producer: Int, _ artifact: Artifact, _ indices: [String: Int]) -> String {
    if let own = steps[producer].outputs.first(where: { $0.path != nil && $0.artifact.hash == artifact.hash }
    )?.path {
      return own
    }
    if case .file(let path) = steps[producer].standardOutput { return path }
    let run = steps[producer].run
    let path = "\(run.cwd)/\(run.stage)-\(run.shortID).tensors.zst"
    steps[producer].standardOutput = .file(path)
    return path
  }

  /// The file from which another step reads this step's standard output.
  private func shellFile(of producer: Int, _ indices: [String: Int]) -> String? {
    steps.lazy.flatMap(\.inputs).first { self.producer(of: $0, indices) == producer && $0.path != nil }?.path
  }
}

/// Collects runs, each after those upstream of it.
private struct StepCollector {
  private let registry: Registry
  private(set) var steps: [Recipe.Step] = []
  private(set) var indices: [String: Int] = [:]
  private var visited: Set<String> = []
  private static let deepest = 500

  init(_ registry: Registry) { self.registry = registry }

  mutating func add(_ run: Run, depth: Int = 0) throws {
    guard visited.insert(run.id).inserted else { return }
    guard depth < Self.deepest else {
      throw Failure.data("the lineage is more than \(Self.deepest) runs deep", at: run.id)
    }
    guard run.status == .done else {
      throw Failure.usage(
        "the run \(run.stage) \(run.shortID) is \(run.status.rawValue), and has no result",
        remedy: "name one that is done")
    }
    let details = try registry.details(of: run.id)
    let inputs = details.inputs.filter { !details.run.resumes($0) }
    for input in inputs where input.isUpstreamKnown {
      if let upstream = try input.upstream.flatMap({ try registry.find($0.run) }) {
        try add(upstream, depth: depth + 1)
      }
    }
    indices[run.id] = steps.count
    steps.append(Recipe.Step(run: details.run, inputs: inputs, outputs: details.outputs))
  }
}

extension Run {
  /// Whether an input is the checkpoint from which the run went on. From the beginning, it gives the same result.
  fileprivate func resumes(_ input: RecordedInput) -> Bool {
    guard argv.contains("--resume"), let path = input.path else { return false }
    let arguments = zip(argv, argv.dropFirst())
    let checkpoint =
      arguments.first { $0.0 == "--checkpoint" }?.1
      ?? argv.first { $0.hasPrefix("--checkpoint=") }.map { String($0.dropFirst("--checkpoint=".count)) }
    return checkpoint.map { absolutePath($0, in: cwd) == path } ?? path.hasSuffix(".checkpoint")
  }
}

/// A path without `.` and `..`, absolute if the folder is.
func absolutePath(_ path: String, in folder: String) -> String {
  var parts: [Substring] = []
  for part in (path.hasPrefix("/") ? path : folder + "/" + path).split(separator: "/") {
    if part == ".." { _ = parts.popLast() } else if part != "." { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}
