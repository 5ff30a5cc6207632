// What the user sees while a sweep is running: a bar at a terminal, and a line for each run of a trial that has ended.

import Failures
import Stage
import Sweeps

/// Reports the progress of a sweep.
struct SweepProgress {
  private let run: StageRun
  private let settings: SweepSettings
  private let total: Int
  private let bar: Progress

  init(_ run: StageRun, _ settings: SweepSettings, total: Int) {
    (self.run, self.settings, self.total) = (run, settings, total)
    bar = run.progress("trials", total: total)
  }

  /// Says what will be done.
  func begin(_ plan: SweepPlan, _ capacity: (jobs: Int, threads: Int), done: [TrialRecord]) {
    run.note("sweep \(settings.shortID), \(settings.plan.method.rawValue): \(settings.plan.space.text)")
    if plan.trials < settings.plan.trials {
      run.note(
        "the space has no more than \(counted(plan.trials, "combination")), so that there are no more trials")
    }
    if let rungs = settings.plan.rungs {
      let rest = settings.command.continues ? "trials continue from their checkpoints" : Self.again
      run.note("budgets: \(rungs.text); \(rest)")
    }
    let jobs = min(capacity.jobs, settings.plan.method == .tpe ? max(settings.plan.ahead, 1) : capacity.jobs)
    run.note(
      "\(counted(plan.trials, "trial")), \(jobs) at once with \(counted(capacity.threads, "thread")) each"
        + (done.isEmpty ? "" : "; \(counted(done.count, "run")) of them already done"))
    bar.begin(at: done.count)
    bar.advance(to: done.count)
  }

  private static let again =
    "trials begin again with each budget (they continue with rnn-train --checkpoint {dir}/state)"

  /// Notes a run that has ended.
  func note(_ record: TrialRecord, _ records: [TrialRecord]) {
    bar.clear()
    run.note(line(record, count: records.count))
    bar.advance(to: records.count)
    let best = TrialRecord.ranked(records, prefersLarge: settings.plan.prefersLarge).first
    if let best, let value = best.value {
      bar.message("best \(settings.metric.heading) \(Words.number(value)) (trial \(best.run.trial))")
    }
  }

  private func line(_ record: TrialRecord, count: Int) -> String {
    let parameters = settings.plan.space.parameters.compactMap { parameter in
      record.configuration[parameter.name].map { "\(parameter.name)=\($0)" }
    }
    let budget = settings.plan.rungs.flatMap { rungs in record.budget.map { ["\(rungs.name)=\($0)"] } } ?? []
    let outcome =
      record.value.map { "\(settings.metric.heading) \(Words.number($0))" }
      ?? "failed: \(record.reason ?? "")"
    return [
      "\(count)/\(total)  trial \(record.run.trial)", (parameters + budget).joined(separator: " "), outcome,
      Words.seconds(record.seconds),
    ].joined(separator: "  ")
  }

  /// Removes the bar.
  func finish() { bar.finish() }
}

extension TrialRecord {
  /// The last run of each trial that has a value: those with the largest budget first, of these the best first.
  static func ranked(_ records: [TrialRecord], prefersLarge: Bool) -> [TrialRecord] {
    func key(_ record: TrialRecord) -> (Int, Double, Int) {
      let value = record.value ?? .infinity
      return (-record.run.rung, prefersLarge ? -value : value, record.run.trial)
    }
    return latest(records).filter { $0.value != nil }.sorted { key($0) < key($1) }
  }

  /// The last run of each trial.
  static func latest(_ records: [TrialRecord]) -> [TrialRecord] {
    Dictionary(records.map { ($0.run.trial, $0) }) { $0.run.rung > $1.run.rung ? $0 : $1 }
      .values.sorted { $0.run.trial < $1.run.trial }
  }
}
