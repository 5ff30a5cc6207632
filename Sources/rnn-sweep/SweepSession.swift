// The course of a sweep: trials begin as the plan allows and as many at once as fit; what ends is written to the journal.

import Failures
import Glibc
import OperatingSystem
import Registry
import Stage
import Sweeps

/// The work of `rnn-sweep`.
final class SweepSession {
  let run: StageRun
  let folder: SweepFolder
  let settings: SweepSettings
  private(set) var plan: SweepPlan
  private let journal: Journal
  private let capacity: (jobs: Int, threads: Int)
  private let metric: TrialMetric
  private let searchPath = SearchPath()
  private let program: String
  private var running: [RunningTrial] = []
  private var progress: SweepProgress
  /// The failed runs of an earlier session that are run again.
  private var retried: Set<TrialRun> = []

  /// The runs that have ended, the last record of each.
  var records: [TrialRecord] { journal.records.filter { !retried.contains($0.run) } }

  /// A run of a trial that is under way.
  private struct RunningTrial {
    let run: TrialRun
    let process: TrialProcess
    let folder: TrialFolder
    let configuration: Configuration
    let budget: Int?
    let started: Double
    /// The length of the log when the run began.
    let logStart: Int
    /// The runs in the registry that were there before.
    let earlier: Set<String>
  }

  init(_ run: StageRun, _ folder: SweepFolder, _ settings: SweepSettings, _ options: RunningOptions) throws {
    (self.run, self.folder, self.settings) = (run, folder, settings)
    (capacity, metric) = (options.capacity, TrialMetric(settings))
    journal = try Journal(folder.journal, named: folder.name + "/journal.jsonl")
    plan = SweepPlan(settings.plan)
    program = try searchPath.program(of: settings)
    progress = SweepProgress(run, settings, total: plan.runs)
    if options.retryFailed { retried = Set(journal.records.filter { $0.value == nil }.map(\.run)) }
    for record in records { plan.restore(record.run, record.configuration, value: record.value) }
  }

  /// Runs the trials until all have ended, or the user stops the sweep.
  /// - Throws: `Failure`, after the trials under way have ended.
  func work() throws {
    progress.begin(plan, capacity, done: records)
    do {
      try checkBeginning()
      while !run.interruption.isRequested, try begin() || !running.isEmpty {
        try collect()
        if !running.isEmpty { usleep(Self.pause) }
      }
    } catch is TrialLock.Interrupted {
    } catch {
      try? stop(SIGTERM)
      progress.finish()
      throw error
    }
    if run.interruption.isRequested, !isDone { try interrupt() }
    progress.finish()
  }

  /// The microseconds between two looks at the processes.
  private static let pause: UInt32 = 10_000

  /// Whether there is nothing left to be run.
  private var isDone: Bool {
    guard running.isEmpty, case .done = plan.begin() else { return false }
    return true
  }

  // MARK: Beginning

  /// Begins as many runs as fit.
  /// - Returns: whether one was begun.
  private func begin() throws -> Bool {
    var hasBegun = false
    while running.count < capacity.jobs, !run.interruption.isRequested, case .run(let next) = plan.begin() {
      try begin(next)
      hasBegun = true
    }
    return hasBegun
  }

  private func begin(_ next: TrialRun) throws {
    let configuration = plan.configuration(of: next.trial)
    let (place, budget) = (folder.trial(next.trial), plan.budget(of: next))
    if retried.remove(next) != nil, next.rung == 0 { try place.remove() }
    let wasBegun = place.exists
    try place.create()
    let lock = try TrialLock(place, run)
    let values = settings.values(next, configuration, budget: budget, folder: place)
    let resumes = wasBegun && settings.command.hasState(values, in: settings.workingFolder)
    let words = settings.command.words(values, resumes: resumes)
    let environment = settings.environment(values, threads: capacity.threads, searchPath: searchPath.text)
    let earlier = wasBegun && !resumes ? try metric.runs(of: next.trial) : []
    let start = try writeCommand(words, to: place)
    let process = try TrialProcess(
      program, words, environment: environment, directory: settings.workingFolder, log: place.log,
      lock: lock.descriptor)
    running.append(
      RunningTrial(
        run: next, process: process, folder: place, configuration: configuration, budget: budget,
        started: monotonicSeconds(), logStart: start, earlier: earlier))
    try lock.note(process)
  }

  /// Writes the command line to a trial's log.
  /// - Returns: the length of the log.
  private func writeCommand(_ words: [String], to place: TrialFolder) throws -> Int {
    let file = try OpenFile(writing: place.log)
    try file.truncate(to: Int(clamping: file.status().size))
    try file.write("$ \(Words.command(words[...]))\n")
    return Int(clamping: try file.status().size)
  }

  // MARK: Ending

  /// Takes the results of the processes that have ended.
  private func collect() throws {
    for trial in running {
      guard let exit = try trial.process.poll() else { continue }
      running.removeAll { $0.run == trial.run }
      let record = try record(of: trial, exit: exit)
      // What the user has stopped is not failed, but goes on later.
      if record.value == nil, run.interruption.isRequested { continue }
      try journal.append(record)
      plan.end(record.run, value: record.value)
      progress.note(record, records)
      try checkBeginning()
    }
  }

  private func record(of trial: RunningTrial, exit: Int32) throws -> TrialRecord {
    var (value, reason, source): (Double?, String?, String?) = (nil, nil, nil)
    if exit != 0 {
      let line = trial.folder.lastLine(since: trial.logStart)
      reason = Self.ending(exit) + (line.map { ": \($0)" } ?? "")
    } else {
      let found = try metric.find(trial.run.trial, besides: trial.earlier, joins: settings.command.continues)
      switch found {
      case .value(let number, let id): (value, source) = (number, id)
      case .none(let text): reason = text
      }
    }
    return TrialRecord(
      trial.run, trial.configuration, budget: trial.budget, value: value, reason: reason, source: source,
      exit: exit, seconds: monotonicSeconds() - trial.started)
  }

  private static func ending(_ exit: Int32) -> String {
    exit > 128 && exit < 160 ? "ended by signal \(exit - 128)" : "exit code \(exit)"
  }

  // MARK: Stopping

  /// The first trials that, if all of them fail alike, stop the sweep.
  private static let decisiveTrials = 3

  /// Ends a sweep whose command can't work: its first trials have all failed for the same reason.
  private func checkBeginning() throws {
    let count = min(Self.decisiveTrials, plan.trials)
    let first = records.filter { $0.run.rung == 0 && $0.run.trial <= count }
    guard first.count == count, first.allSatisfy({ $0.value == nil }),
      Set(first.map { Self.signature($0) }).count == 1, let one = first.min(by: { $0.run < $1.run })
    else { return }
    throw Failure.data(
      "\(count == 1 ? "the first trial" : "the first \(count) trials") failed\(count == 1 ? "" : " alike"): \(one.reason ?? "")",
      at: folder.name, remedy: "see \(folder.trial(one.run.trial).name)/log")
  }

  /// A reason without what differs from trial to trial.
  private static func signature(_ record: TrialRecord) -> String {
    var text = record.reason ?? ""
    for value in record.configuration.values.values { text.replace(value, with: "") }
    return text.filter { !$0.isNumber }
  }

  /// Passes the user's signal on, waits for the trials to save their state, and says how to go on.
  private func interrupt() throws {
    run.stopsEarly = true
    try stop(run.interruption.exitCode - 128)
    let done = records.count
    run.warn(
      "interrupted: \(done) of \(plan.runs) runs of trials have ended. Go on with rnn-sweep --resume \(Words.quoted(folder.name))"
    )
  }

  private func stop(_ signal: Int32) throws {
    for trial in running { trial.process.signal(signal) }
    while !running.isEmpty {
      try collectStopped()
      usleep(Self.pause)
    }
  }

  /// Takes the results of processes that were asked to end: of those that had just done their work.
  private func collectStopped() throws {
    for trial in running {
      guard let exit = try trial.process.poll() else { continue }
      running.removeAll { $0.run == trial.run }
      guard exit == 0, case let record = try record(of: trial, exit: exit), record.value != nil else {
        continue
      }
      try journal.append(record)
      plan.end(record.run, value: record.value)
    }
  }
}
