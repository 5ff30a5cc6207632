// One run of one command: what `perform` uses to read, write, report, and be recorded.

/// The environment of a command at work. Used from the thread that `perform` runs on.
public final class StageRun {
  /// The command's name, such as `rnn-pad`.
  public let stage: String
  /// Whether the user asked the work to stop; only after `catchInterrupts()`.
  public let interruption: Interruption
  /// The seed of the run's random numbers, for the registry; set it where there is one.
  public var seed: UInt64? {
    didSet { recording.note(seed: seed) }
  }

  let options: StageOptions
  let recording: Recording
  let shutdown: RunShutdown
  var inputs: [OpenInput] = []
  /// The result for programs that goes to standard error, where it is to be the last line.
  var lastLine: String?
  /// The first result that could not be written.
  var lostOutput: (any Error)?

  init(stage: String, arguments: [String], options: StageOptions, isRecorded: Bool, cpuTarget: String) {
    self.stage = stage
    self.options = options
    interruption = Interruption()
    recording = Recording(
      stage: stage, arguments: arguments, cpuTarget: cpuTarget, options: isRecorded ? options : nil)
    shutdown = RunShutdown(recording: recording, interruption: interruption)
  }

  /// This run's id: what streams carry as their origin, and the registry's key.
  public var id: String { recording.id }
  /// Whether `--json` asks for machine-readable results.
  public var wantsJSON: Bool { options.json }
  /// Whether `--quiet` asks for silence.
  public var isQuiet: Bool { options.quiet }

  /// From now on Ctrl-C and termination set `interruption` instead of ending the process; a second one, at least a
  /// second later, ends it. For work that has something to save.
  public func catchInterrupts() { shutdown.catchInterrupts() }
}
