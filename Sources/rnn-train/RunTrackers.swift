// The trackers that follow a training run. They never stop it or make it slower: what they get goes to a thread for each,
// and what has not arrived at the end is said, with the command that sends it later.

import Failures
import OperatingSystem
import Registry
import Stage
import Trackers

/// Passes the parameters and metrics of a run on to TensorBoard's files and to MLflow.
final class RunTrackers: RunObserver {
  private let run: StageRun
  private let options: StageOptions
  private let startTime = Timestamp.now.milliseconds
  private let directory: String?
  private let server: MLflowAddress?
  private var files: BackgroundLog?
  private var calls: BackgroundLog?
  private var last: (step: Int, time: Int64)?

  /// - Throws: `Failure` of kind `cantCreate` if TensorBoard's folder can't be written. A variable with a wrong address is
  ///   only a warning, since a tracker never stops a run.
  init(_ trackers: TrackerOptions, _ run: StageRun, _ options: StageOptions) throws {
    (self.run, self.options, directory) = (run, options, trackers.tensorboard)
    if let directory { try EventFileLog.prepare(directory) }
    files = directory.map { _ in BackgroundLog() }
    do throws(Failure) { server = try trackers.mlflow() } catch {
      server = nil
      run.warn("RNN_MLFLOW_URI: nothing is sent to MLflow: \(error)")
    }
    calls = server.map { _ in BackgroundLog() }
    if files != nil || calls != nil { run.observe(self) }
    parameter("seed", "\(run.seed ?? 0)")
  }

  /// Starts to send, once all parameters are known.
  /// - Parameter resumed: the run whose state training continues.
  func begin(resuming resumed: ResumedRun?) {
    let start = TrackedStart(
      id: run.id, stage: run.stage, name: run.name, user: userName(), host: hostName(),
      version: rnnpipeVersion,
      command: shellLine([run.stage] + CommandLine.arguments.dropFirst()), time: startTime)
    if let files, let directory {
      files.begin { EventFileLog(directory: directory, run: start, resuming: resumed) }
    }
    if let calls, let server {
      let experiment = environment("MLFLOW_EXPERIMENT_NAME") ?? MLflowAddress.usualExperiment
      var tags = Dictionary(run.tags.map { ($0.key, $0.value) }) { $1 }
      if let resumed { tags["rnnpipe.resumed_from"] = resumed.id }
      calls.begin { [tags] in MLflowLog(server, experiment: experiment, run: start, tags: tags) }
    }
  }

  func parameter(_ key: String, _ value: String) {
    for log in [files, calls] { log?.parameter(key, value) }
  }

  func metric(_ name: String, step: Int, _ value: Double) {
    let time = last?.step == step ? last?.time : nil
    let now = time ?? Timestamp.now.milliseconds
    last = (step, now)
    let metric = TrackedMetric(name: name, step: step, value: value, time: now)
    for log in [files, calls] { log?.metric(metric) }
  }

  func end(_ ending: RunEnding) -> [String] {
    let status: TrackedEnd.Status =
      switch ending {
      case .done: .done
      case .interrupted: .interrupted
      case .failed: .failed
      }
    let end = TrackedEnd(status, time: Timestamp.now.milliseconds)
    return [
      files?.finish(end).map { warning($0, "TensorBoard", "written", exportCommand) },
      calls?.finish(end).map { warning($0, "MLflow at \(server?.name ?? "")", "sent", pushCommand) },
    ].compactMap { $0 }
  }

  // MARK: Advice

  private func warning(_ lost: Undelivered, _ tracker: String, _ verb: String, _ command: String) -> String {
    let what =
      lost.values == 0
      ? "the end of the run was not \(verb)"
      : "\(lost.values) of \(counted(lost.ofValues, "value")) \(lost.ofValues == 1 ? "was" : "were") not \(verb)"
    let advice =
      options.noRegistry
      ? "without an entry in the registry, they can't be \(verb) later" : "later, run: \(command)"
    return "\(tracker): \(what): \(lost.problem) (\(advice))"
  }

  private var registryOption: [String] {
    options.registry.map { ["--registry", absolutePath($0)] } ?? []
  }

  private var exportCommand: String {
    shellLine(
      ["rnn-runs", "export", run.id, "--tensorboard", absolutePath(directory ?? "")] + registryOption)
  }

  /// A password in the address is not shown, but taken from the variable again.
  private var pushCommand: String {
    let address = server?.isPublic == true ? shellWord(server?.name ?? "") : "\"$RNN_MLFLOW_URI\""
    return "rnn-runs push \(run.id) --mlflow \(address)"
      + (registryOption.isEmpty ? "" : " \(shellLine(registryOption))")
  }
}
