// What a run leaves in the registry, gathered from any thread and written beside the work.

import Failures
import OperatingSystem
import Registry
import Synchronization

/// A run's entry in the registry; with `--no-registry` the same calls do nothing.
final class Recording: Sendable {
  /// The run's id, which outputs carry whether the run is recorded or not.
  let id: String
  private let recorder: RunRecorder?
  private let started = monotonicSeconds()
  private let gathered = Mutex(Gathered())

  /// What goes into the last transaction.
  private struct Gathered: Sendable {
    var seed: UInt64?
    var inputs: [RunInput] = []
    var outputs: [RunOutput] = []
  }

  /// Begins the entry in the background; `options` nil for a command that is not recorded.
  init(stage: String, arguments: [String], cpuTarget: String, options: StageOptions?) {
    id = RunStart.newRunID()
    guard let options, !options.noRegistry else {
      recorder = nil
      return
    }
    let start = RunStart(
      id: id, stage: stage, name: options.name, argv: [stage] + arguments, version: rnnpipeVersion,
      cpuTarget: cpuTarget)
    let recorder = RunRecorder(location: registryLocation(options.registry), start: start)
    for tag in options.tag { recorder.tag(tag.key, tag.value) }
    self.recorder = recorder
  }

  func note(seed: UInt64?) { gathered.withLock { $0.seed = seed } }

  func note(parameter key: String, _ value: String) { recorder?.parameter(key, value) }

  func note(metric name: String, step: Int, _ value: Double) {
    recorder?.metric(name, step: step, value: value)
  }

  /// Notes an input, or what has become known of it since.
  func note(input: RunInput, at position: Int) {
    gathered.withLock { gathered in
      if position < gathered.inputs.count {
        gathered.inputs[position] = input
      } else {
        gathered.inputs.append(input)
      }
    }
  }

  /// Notes an output; a file that is written again takes the place of what it was.
  func note(output: Artifact, path: String?) {
    let output = RunOutput(output, path: path.map(absolutePath))
    gathered.withLock { gathered in
      if path != nil { gathered.outputs.removeAll { $0.path == output.path } }
      gathered.outputs.append(output)
    }
  }

  /// Writes the end.
  /// - Returns: what to warn about.
  func end(_ outcome: Outcome) -> [String] {
    guard let recorder else { return [] }
    let (known, used) = (gathered.withLock { $0 }, ResourceUsage.current)
    return recorder.finish(
      RunEnd(
        status: outcome.status, exitCode: outcome.exitCode, error: outcome.message,
        wall: monotonicSeconds() - started, cpu: used.cpuSeconds, peakRSS: used.peakBytes,
        inputs: known.inputs, outputs: known.outputs,
        seed: known.seed.map(Int64.init(bitPattern:))))
  }
}

extension Outcome {
  fileprivate var status: RunStatus {
    switch self {
    case .done: .done
    case .interrupted: .interrupted
    case .failed: .failed
    }
  }

  fileprivate var message: String? {
    if case .failed(let failure) = self { failure.description } else { nil }
  }
}

/// The registry that a command uses.
private func registryLocation(_ option: String?) -> RegistryLocation {
  let variables = environment("RNN_REGISTRY").map { ["RNN_REGISTRY": $0] } ?? [:]
  return .find(option: option, environment: variables, directory: workingDirectory() ?? ".")
}
