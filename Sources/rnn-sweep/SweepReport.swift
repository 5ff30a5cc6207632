// The results of a sweep: a table with the best trial first, as text, CSV and JSON, and a picture.

import Charts
import Failures
import JSON
import Registry
import Stage
import Sweeps

/// What is printed and written at the end.
struct SweepReport {
  private let settings: SweepSettings
  private let folder: SweepFolder
  /// The trials that have a value, the best one first.
  private let ranked: [TrialRecord]
  private let failed: [TrialRecord]

  init(_ session: SweepSession) {
    (settings, folder) = (session.settings, session.folder)
    let records = session.records
    ranked = TrialRecord.ranked(records, prefersLarge: session.settings.plan.prefersLarge)
    failed = TrialRecord.latest(records).filter { $0.value == nil }
  }

  /// Records the values of the trials with the run of the sweep, a step for each trial.
  func record(_ run: StageRun) {
    for trial in ranked {
      if let value = trial.value { run.metric("trial_\(settings.metric.name)", step: trial.run.trial, value) }
    }
  }

  private var rows: [TrialRecord] { ranked + failed }

  /// - Throws: `Failure` (data) if no trial has a value.
  func check() throws {
    guard ranked.isEmpty, let first = failed.first else { return }
    throw Failure.data(
      "all \(counted(failed.count, "trial")) failed; the first: \(first.reason ?? "")", at: folder.name,
      remedy: "see \(folder.trial(first.run.trial).name)/log")
  }

  // MARK: Tables

  /// The rows that a terminal shows.
  private static let mostRows = 40

  /// The table, as far as it fits, for people.
  var text: String {
    let rest = rows.count - Self.mostRows
    let table = table(digits: 6, limit: Self.mostRows).text(.standardOutput)
    return rest > 0 ? "\(table)\n... and \(counted(rest, "more trial")) (--csv FILE writes all)" : table
  }

  /// - Parameters:
  ///   - digits: significant digits for people; nil for all of them, and complete ids, for programs.
  ///   - limit: the most rows.
  func table(digits: Int?, limit: Int = .max) -> Table {
    let parameters = settings.plan.space.parameters.map(\.name)
    let budget = settings.plan.rungs.map { [$0.name] } ?? []
    let isForPeople = digits != nil
    func heading(_ text: String) -> String { isForPeople ? text.uppercased() : text }
    var table = Table(
      [.right(heading("trial"))] + (parameters + budget).map { .right($0) } + [
        .right(settings.metric.heading)
      ]
        + [
          .left(heading("status")), .right(heading(isForPeople ? "time" : "seconds")), .left(heading("run")),
        ]
        + (isForPeople && failed.isEmpty ? [] : [.left(heading("reason"))]))
    for record in rows.prefix(limit) {
      table.add(cells(record, parameters, digits: digits), emphasis: record.value == nil ? .failure : .none)
    }
    return table
  }

  private func cells(_ record: TrialRecord, _ parameters: [String], digits: Int?) -> [String] {
    let isForPeople = digits != nil
    let value = record.value.map { value in digits.map { NumberText.significant(value, $0) } ?? "\(value)" }
    let time = isForPeople ? Words.seconds(record.seconds) : "\(record.seconds)"
    let id = record.source.map { isForPeople ? Run.shortID($0) : $0 }
    var cells = ["\(record.run.trial)"]
    cells += parameters.map { record.configuration[$0] ?? (isForPeople ? "-" : "") }
    if settings.plan.rungs != nil { cells.append(record.budget.map { "\($0)" } ?? "") }
    cells += [value ?? "", record.value == nil ? "failed" : "done", time, id ?? ""]
    if !isForPeople || !failed.isEmpty { cells.append(record.reason ?? "") }
    return cells
  }

  /// Hints for what can be done next.
  var notes: [String] {
    guard let best = ranked.first else { return [] }
    let failures =
      failed.isEmpty ? [] : ["\(counted(failed.count, "trial")) failed; see their logs in \(folder.name)"]
    let id = settings.shortID
    return failures + [
      "the best trial is in \(folder.trial(best.run.trial).name); compare all with rnn-runs compare --tag "
        + "\(TrialTags.sweep)=\(settings.id), draw them with rnn-plot parallel \(id)"
    ]
  }

  // MARK: For programs

  /// One object.
  var json: JSONValue {
    [
      "sweep": .string(settings.id), "folder": .string(folder.path),
      "method": .string(settings.plan.method.rawValue),
      "metric": .string(settings.metric.heading), "direction": .string(settings.direction),
      "trials": .integer(Int64(rows.count)), "failed": .integer(Int64(failed.count)),
      "best": ranked.first.map(json) ?? .null, "table": .array(rows.map(json)),
    ]
  }

  private func json(_ record: TrialRecord) -> JSONValue {
    [
      "trial": .integer(Int64(record.run.trial)), "status": .string(record.value == nil ? "failed" : "done"),
      "parameters": .object(record.configuration.values.mapValues(JSONValue.string)),
      "budget": record.budget.map { .integer(Int64($0)) } ?? .null,
      "value": record.value.map(JSONValue.number) ?? .null,
      "reason": record.reason.map(JSONValue.string) ?? .null,
      "run": record.source.map(JSONValue.string) ?? .null, "seconds": .number(record.seconds),
      "folder": .string(folder.trial(record.run.trial).path),
    ]
  }

  // MARK: Picture

  /// The trials across parallel axes; nil if none has a value.
  var chart: Chart? {
    guard !ranked.isEmpty else { return nil }
    let budget = settings.plan.rungs?.name
    let runs = ranked.map { record in
      var parameters = record.configuration.values
      if let budget, let value = record.budget { parameters[budget] = "\(value)" }
      return ParallelRun(
        label: "trial \(record.run.trial)", parameters: parameters, metric: record.value ?? .nan)
    }
    return .parallel(
      runs, parameters: settings.plan.space.parameters.map(\.name) + (budget.map { [$0] } ?? []),
      metric: settings.metric.heading, prefersLarge: settings.plan.prefersLarge)
  }
}
