// Runs for other programs: those that are named, or those that options select, oldest first.

import ArgumentParser
import Failures
import Registry
import Stage

/// The runs of export and push.
struct RunSelection {
  private let subjects: [String]
  private let options: FilterOptions

  init(_ subjects: [String], _ options: FilterOptions) { (self.subjects, self.options) = (subjects, options) }

  /// Whether nothing is said about the runs, which means all.
  var isEmpty: Bool { subjects.isEmpty && options.isEmpty }
  /// Whether runs are named.
  var isNamed: Bool { !subjects.isEmpty }

  /// Refuses runs that are both named and selected.
  func validate() throws {
    if isNamed, !options.isEmpty { throw ValidationError("name runs or select them, not both") }
  }

  /// Calls `body` with the runs, some at a time.
  /// - Parameter hasMetrics: whether, of selected runs, only those with metrics are wanted.
  func forEach(
    _ registry: Registry, _ run: StageRun, hasMetrics: Bool = false, _ body: ([Run]) throws -> Void
  ) throws {
    guard !isNamed else {
      let named = try subjects.map { try registry.run($0, run) }
      let distinct = Dictionary(named.map { ($0.id, $0) }) { first, _ in first }
      return try body(distinct.values.sorted { $0.id < $1.id })
    }
    try options.checkNames(registry)
    var filter = try options.filter()
    filter.hasMetrics = hasMetrics
    try registry.forEachRun(filter, body)
  }
}
