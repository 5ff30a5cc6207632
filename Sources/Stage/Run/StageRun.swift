// A run of a command: what `perform` uses to read, write, report, and record.

import Glibc
import OperatingSystem
import Peers
import TensorFile

/// The environment of a running command. Used on the thread of `perform`.
public final class StageRun {
  /// The command's name, such as `rnn-pad`.
  public let stage: String
  /// Whether the user requested the work to stop; only after `catchInterrupts()`.
  public let interruption: Interruption
  /// The run's random seed, for the registry; set it if there is one.
  public var seed: UInt64? {
    didSet { recording.note(seed: seed) }
  }

  /// Whether the work stopped before it was complete because the user requested it; the command sets it. A request that
  /// comes too late to stop anything leaves a run done.
  public var stopsEarly = false

  /// The one of several processes that mpirun or srun has started; nil if there is one.
  public let process: LaunchedProcess?
  /// Whether another process says why the run fails.
  var isFailureTold = false
  /// The other processes, once they are joined.
  var peers: MPIPeers?
  /// Whether all processes have come to the end of their common work, so that they may leave one another.
  var hasEndedTogether = false

  let options: StageOptions
  let cpuTarget: String
  let recording: Recording
  let shutdown: RunShutdown
  var observers: [any RunObserver] = []
  var inputs: [OpenInput] = []
  /// The shard that this run prepares; nil for everything.
  var shard: ShardRecord?
  /// The inputs whose rows are those of the outputs.
  var keptReaders: [TensorReader] = []
  /// The inputs that may be single shards.
  var undividedReaders: [TensorReader] = []
  /// The JSON result for standard error, which is printed as the last line.
  var lastLine: String?
  /// The error of the first result that could not be written.
  var lostOutput: (any Error)?

  init(
    stage: String, arguments: [String], options: StageOptions, isRecorded: Bool, cpuTarget: String,
    process: LaunchedProcess? = nil
  ) {
    self.stage = stage
    self.options = options
    self.cpuTarget = cpuTarget
    self.process = process
    interruption = Interruption()
    recording = Recording(
      stage: stage, arguments: arguments, cpuTarget: cpuTarget,
      options: isRecorded && (process?.rank ?? 0) == 0 ? options : nil)
    shutdown = RunShutdown(recording: recording, interruption: interruption)
  }

  /// This run's id: the origin in streams, and the key in the registry.
  public var id: String { recording.id }
  /// Whether `--json` requests machine-readable results.
  public var wantsJSON: Bool { options.json }
  /// Whether `--quiet` suppresses notes and progress; of several processes, only the first one has any.
  public var isQuiet: Bool { options.quiet || !isLeader }
  /// Whether this is the only process, or the one of several that writes and reports.
  public var isLeader: Bool { process.map { $0.rank == 0 } ?? true }
  /// The run's name, if the user gave it one.
  public var name: String? { options.name }
  /// The tags that the user gave the run.
  public var tags: [Tag] { options.tag }

  /// From now on, Ctrl-C and SIGTERM set `interruption` instead of ending the process; a second signal, at least a
  /// second later, ends it. For work that has something to save.
  public func catchInterrupts() { shutdown.catchInterrupts() }

  /// Has `action` performed, on another thread, before a signal ends the process: to give back a terminal.
  public func beforeSignalEnds(_ action: @escaping @Sendable () -> Void) { shutdown.beforeSignalEnds(action) }

  /// Does what Ctrl-C does, for a terminal on which that is a key like others: the work is to end, with exit code 130.
  public func stopAsByInterrupt() {
    _ = interruption.request(SIGINT)
    stopsEarly = true
  }
}
