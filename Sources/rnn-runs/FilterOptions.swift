// The options that select runs, shared by list, compare, best, prune and export.

import ArgumentParser
import Failures
import Registry
import Spelling
import Stage

/// Which runs are meant.
struct FilterOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Only runs of this stage, such as train.", valueName: "stage"),
    completion: .list([
      "download", "synth", "tokenize", "pad", "window", "split", "train", "predict", "backtest", "sweep",
      "plot",
      "convert",
    ]))
  var stage: String?

  @Option(
    help: ArgumentHelp(
      "Only runs with this status: running, done, failed or interrupted.", valueName: "status"))
  var status: RunStatus?

  @Option(help: ArgumentHelp("Only runs with this name.", valueName: "name"), completion: .runName)
  var name: String?

  @Option(
    help: ArgumentHelp(
      "Only runs with this tag; a key alone matches any value; may be repeated.", valueName: "key=value"))
  var tag: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only runs with this parameter, such as optimizer=sgd or 'epochs>=10'; may be repeated.",
      valueName: "condition"))
  var param: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      A metric to show, such as val_loss, val_loss:min or val_loss@3; or only runs for which 'val_loss<0.3' or \
      'val_loss:min<0.3' holds; may be repeated.
      """, valueName: "metric"), completion: .metricName)
  var metric: [String] = []

  @Option(
    help: ArgumentHelp(
      "Only runs since then: a date, a time, today, yesterday, or an age such as 12h, 3d or 2w.",
      valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only runs before then.", valueName: "time"))
  var until: String?

  /// The metrics that are to be shown.
  func columns() throws -> [MetricColumn] {
    try metric.filter { try MetricColumn.condition($0) == nil }.map { try MetricColumn($0) }
  }

  /// Whether nothing is selected.
  var isEmpty: Bool {
    stage == nil && status == nil && name == nil && tag.isEmpty && param.isEmpty && since == nil
      && until == nil
      && !metric.contains { (try? MetricColumn.condition($0)) != nil }
  }

  /// The filter.
  /// - Throws: `Failure` (usage) for a condition or a time that can't be read.
  func filter(limit: Int? = nil) throws -> RunFilter {
    var filter = RunFilter()
    (filter.stage, filter.status, filter.name, filter.limit) = (stage, status, name, limit)
    filter.tags = tag.map { text in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      return TagCondition(key: parts[0], value: parts.count > 1 ? parts[1] : nil)
    }
    filter.parameters = try param.map(Self.parameter)
    filter.metrics = try metric.compactMap(MetricColumn.condition)
    filter.since = try since.map { try RunTime.parse($0, option: "--since") }
    filter.until = try until.map { try RunTime.parse($0, option: "--until") }
    return filter
  }

  static func parameter(_ text: String) throws -> ParameterCondition {
    guard let parts = split(text), !parts.key.isEmpty else {
      throw Failure.usage(
        "'\(text)' is no condition", at: "--param",
        remedy: "write optimizer=sgd, 'epochs>=10' or 'layers!=lstm(8)'")
    }
    let isSize = parts.comparison != .equal && parts.comparison != .notEqual
    if isSize, Double(parts.value) == nil {
      throw Failure.usage("'\(parts.value)' in '\(text)' is no number", at: "--param")
    }
    return ParameterCondition(key: parts.key, parts.comparison, parts.value)
  }

  /// A condition's key, comparison and value, at the first sign of a comparison; nil if there is none.
  static func split(_ text: String) -> (key: String, comparison: Comparison, value: String)? {
    guard let sign = text.firstIndex(where: { "!<>=".contains($0) }) else { return nil }
    let rest = text[sign...]
    guard let comparison = Comparison.allCases.first(where: { rest.hasPrefix($0.rawValue) }) else {
      return nil
    }
    let value = rest.dropFirst(comparison.rawValue.count)
    return (String(text[..<sign]).trimmed, comparison, String(value).trimmed)
  }
}

extension FilterOptions {
  /// Refuses metrics and parameters that no run has, which would otherwise only mean that nothing is found.
  func checkNames(_ registry: Registry) throws {
    let metrics = try registry.metricNames()
    let wanted = try columns().map(\.name) + filter().metrics.map(\.name)
    if let missing = wanted.first(where: { !metrics.contains($0) }) {
      throw Failure.usage(
        "no run has the metric \(missing)", remedy: suggestion(for: missing, among: metrics))
    }
    let keys = try registry.parameterNames()
    if let missing = try filter().parameters.first(where: { !keys.contains($0.key) }) {
      throw Failure.usage(
        "no run has the parameter \(missing.key)", remedy: suggestion(for: missing.key, among: keys))
    }
  }
}

extension String {
  /// The text without spaces around it.
  fileprivate var trimmed: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}

extension RunStatus: ExpressibleByArgument {}
