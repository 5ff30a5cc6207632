// The entry of a run in the registry, collected from all threads and written in the background.

import Failures
import OperatingSystem
import Registry
import Synchronization

/// A run's entry in the registry; with `--no-registry` the same calls do nothing.
final class Recording: Sendable {
  /// The run's id, which is written to outputs even if the run is not recorded.
  let id: String
  /// What the run publishes of its progress; nil if it isn't recorded.
  let progress: ProgressBoard?
  private let recorder: RunRecorder?
  private let started = monotonicSeconds()
  private let collected = Mutex(Collected())

  /// The data of the last transaction.
  private struct Collected: Sendable {
    var seed: UInt64?
    var inputs: [RunInput] = []
    var outputs: [RunOutput] = []
  }

  /// Starts the entry in the background; `options` is nil for a command that is not recorded.
  init(stage: String, arguments: [String], cpuTarget: String, options: StageOptions?) {
    id = RunStart.newRunID()
    guard let options, !options.noRegistry else {
      (recorder, progress) = (nil, nil)
      return
    }
    let start = RunStart(
      id: id, stage: stage, name: options.name, argv: [stage] + arguments, version: rnnpipeVersion,
      cpuTarget: cpuTarget)
    let location = registryLocation(options.registry)
    let recorder = RunRecorder(location: location, start: start)
    // Tags that can't be read are refused with the options.
    for tag in ((try? InheritedRecord.tags()) ?? []) + options.tag { recorder.tag(tag.key, tag.value) }
    for (name, value) in InheritedRecord.parameters { recorder.parameter(name, value) }
    self.recorder = recorder
    progress = ProgressBoard(location, run: id)
    prepareLastWords(.failed(OutOfMemory.failure))
  }

  /// Prepares for the end of the run for lack of memory, of which then nothing else can be recorded.
  /// - Parameter outcome: how it will have ended.
  func prepareLastWords(_ outcome: Outcome) {
    let words = try? recorder?.lastWords(entry(outcome))
    if let words { OutOfMemory.prepare(words) }
  }

  func note(seed: UInt64?) { collected.withLock { $0.seed = seed } }

  func note(parameter key: String, _ value: String) { recorder?.parameter(key, value) }

  func note(metric name: String, step: Int, _ value: Double) {
    recorder?.metric(name, step: step, value: value)
  }

  /// Adds or updates an input.
  func note(input: RunInput, at position: Int) {
    collected.withLock { collected in
      if position < collected.inputs.count {
        collected.inputs[position] = input
      } else {
        collected.inputs.append(input)
      }
    }
  }

  /// Adds an output; a file that is written again replaces its earlier entry.
  func note(output: Artifact, path: String?) {
    let output = RunOutput(output, path: path.map(absolutePath))
    collected.withLock { collected in
      if path != nil { collected.outputs.removeAll { $0.path == output.path } }
      collected.outputs.append(output)
    }
  }

  /// Writes the end.
  /// - Returns: the warnings.
  func end(_ outcome: Outcome) -> [String] {
    progress?.close()
    return recorder?.finish(entry(outcome)) ?? []
  }

  /// Replaces the end that was written, since the run has failed after it.
  /// - Returns: the warnings.
  func correct(_ failure: Failure) -> [String] { recorder?.correct(entry(.failed(failure))) ?? [] }

  private func entry(_ outcome: Outcome) -> RunEnd {
    let (known, used) = (collected.withLock { $0 }, ResourceUsage.current)
    return RunEnd(
      status: outcome.status, exitCode: outcome.exitCode, error: outcome.message,
      wall: monotonicSeconds() - started, cpu: used.cpuSeconds, peakRSS: used.peakBytes,
      inputs: known.inputs, outputs: known.outputs,
      seed: known.seed.map(Int64.init(bitPattern:)))
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

/// The registry that a command uses: that of `--registry`, if given.
package func registryLocation(_ option: String?) -> RegistryLocation {
  let variables = environment("RNN_REGISTRY").map { ["RNN_REGISTRY": $0] } ?? [:]
  return .find(option: option, environment: variables, directory: workingDirectory() ?? ".")
}
