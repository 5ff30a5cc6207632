// The metric of a trial, from the runs that its processes have recorded. They are found by their tags.

import Failures
import Registry
import Stage

/// The tags of a trial's runs.
enum TrialTags {
  static let sweep = "sweep"
  static let trial = "trial"
}

/// Reads the metric of trials.
struct TrialMetric {
  private let settings: SweepSettings

  init(_ settings: SweepSettings) { self.settings = settings }

  /// What was found.
  enum Finding {
    /// A value, and the run that has it.
    case value(Double, run: String)
    /// None, and why.
    case none(reason: String)
  }

  /// The ids of the runs that a trial has so far; none if there is no registry yet.
  func runs(of trial: Int) throws -> Set<String> {
    guard let registry = try? Registry(settings.registry) else { return [] }
    return Set(try runs(of: trial, registry).map(\.id))
  }

  /// The metric of a trial: of its last run that has it.
  /// - Parameters:
  ///   - earlier: runs that don't count, since they were of an attempt that was begun again.
  ///   - joins: whether an extreme value is that of all runs, since each continues the one before it.
  func find(_ trial: Int, besides earlier: Set<String>, joins: Bool) throws -> Finding {
    let registry = try Registry(settings.registry)
    let found = try runs(of: trial, registry).filter { !earlier.contains($0.id) }
    guard !found.isEmpty else {
      return .none(reason: "no run was recorded with the tags in $\(InheritedRecord.tagVariable)")
    }
    let summaries = try registry.metricSummaries(of: found)
    let name = settings.metric.name
    let having = found.filter { summaries[$0.id]?[name] != nil }
    guard let last = having.first else {
      let names = Set(summaries.values.flatMap(\.keys)).sorted().prefix(8).joined(separator: ", ")
      return .none(reason: "no run has recorded \(name)" + (names.isEmpty ? "" : " (but \(names))"))
    }
    let values = try having.map { ($0.id, try value(in: $0, summaries[$0.id]?[name], registry)) }
    guard let value = values.first?.1 else {
      return .none(
        reason: settings.metric.step == nil
          ? "\(name) is not a number" : "there is no \(settings.metric.heading)")
    }
    guard joins, let statistic = try settings.metric.statistic(), statistic != .last else {
      return .value(value, run: last.id)
    }
    let known = values.compactMap { id, value in value.map { (id: id, value: statistic == .max ? -$0 : $0) } }
    let best = known.min { $0.value < $1.value }
    return best.map { .value(statistic == .max ? -$0.value : $0.value, run: $0.id) }
      ?? .value(value, run: last.id)
  }

  /// A run's value; nil if it is not a number.
  private func value(in run: Run, _ summary: MetricSummary?, _ registry: Registry) throws -> Double? {
    var value: Double?
    if let statistic = try settings.metric.statistic() {
      value = summary?[statistic]?.value
    } else if let step = settings.metric.step {
      value = try registry.values(of: settings.metric.name, atStep: step, in: [run])[run.id]
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }

  /// The runs of a trial, the last one first.
  private func runs(of trial: Int, _ registry: Registry) throws -> [Run] {
    var filter = RunFilter()
    filter.tags = [
      TagCondition(key: TrialTags.sweep, value: settings.id),
      TagCondition(key: TrialTags.trial, value: "\(trial)"),
    ]
    return try registry.runs(filter)
  }
}

extension MetricColumn {
  /// The step whose value is meant; nil for a statistic.
  fileprivate var step: Int? { if case .step(let step) = choice { step } else { nil } }
}
