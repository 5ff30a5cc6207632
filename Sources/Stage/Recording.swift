// What a run leaves in the registry, gathered from any thread and written beside the work.

import Glibc
import Registry
import Synchronization

/// What is known of a run from its start.
struct RunFacts: Sendable {
  let stage: String
  /// The command line without the command.
  let arguments: [String]
  /// The processor that the program was built for.
  let cpuTarget: String
}

/// An input as it is recorded.
struct InputFacts: Sendable, Equatable {
  /// The path as given; nil for standard input.
  var path: String?
  /// The hash of the data, where all of it was read.
  var hash: String?
  /// The runs that made it.
  var upstream: [String]
}

/// A run's entry in the registry.
final class Recording: Sendable {
  let id: String

  init(_ facts: RunFacts, options: StageOptions, isRecorded: Bool) { id = "0" }
  func note(seed: UInt64?) {}
  func note(parameter key: String, _ value: String) {}
  func note(metric name: String, step: Int, _ value: Double) {}
  func note(input: InputFacts, at position: Int) {}
  func note(output: ArtifactFacts, path: String?) {}
  func end(_ outcome: Outcome) -> [String] { [] }
}
