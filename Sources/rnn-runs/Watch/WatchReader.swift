// Reads what is watched from the registry and from the files of progress.

import Failures
import Registry
import Stage

struct WatchReader {
  /// Only these runs; nil for all that pass the filter.
  private let subjects: [String]?
  private let filter: RunFilter
  /// The metric that is drawn; nil for each run's main one.
  private let metric: String?
  /// How many ended runs are shown.
  private let last: Int
  private let progress: ProgressFolder
  private var reader: RegistryReader
  /// The ids of the runs that were running in an earlier picture.
  private(set) var seen: [String] = []
  private var curves: [String: Curves] = [:]
  private var latest = WatchPicture(time: .now)

  /// The histories of a run, up to a step.
  private struct Curves {
    let lastStep: Int
    let points: [MetricPoint]
  }

  /// The most runs that are shown as running, and of the last ones that are looked at.
  private static let (mostRunning, recent) = (100, 200)

  /// - Parameter patience: the number of seconds that a picture waits for those who write to the registry.
  init(
    _ location: RegistryLocation, subjects: [String]?, filter: RunFilter, metric: String?, last: Int,
    patience: Double
  ) {
    (self.subjects, self.filter, self.metric, self.last) = (subjects, filter, metric, last)
    (reader, progress) = (RegistryReader(location, patience: patience), ProgressFolder(location))
  }

  /// What is to be seen now; if the registry can't be read, what was seen last, and why.
  mutating func picture() -> WatchPicture {
    do {
      latest = try read()
    } catch {
      latest.problem = error as? Failure ?? Failure(.software, "\(error)")
    }
    latest.time = .now
    return latest
  }

  /// What is to be seen now.
  /// - Throws: `Failure` if the registry can't be read.
  mutating func read() throws -> WatchPicture {
    var reader = reader
    defer { self.reader = reader }
    let picture = try reader.read { try read($0) }
    if picture.running.contains(where: \.run.hasVanished) { reader.update() }
    return picture
  }

  /// How the runs that were seen running have ended.
  /// - Throws: `Failure` if the registry can't be read.
  mutating func outcomes() throws -> [Run] {
    let seen = seen
    return try reader.read { try $0.runs(withIDs: seen) }
  }

  private mutating func read(_ registry: Registry) throws -> WatchPicture {
    let (running, ended) = try runs(registry)
    seen += running.map(\.id).filter { !seen.contains($0) }
    curves = curves.filter { id, _ in running.contains { $0.id == id } }
    let all = try registry.compared(running + ended)
    var picture = WatchPicture(time: .now)
    for compared in all {
      var watched = WatchedRun(run: compared.run, metrics: ordered(compared.metrics))
      if compared.run.status == .running {
        watched.report = progress.report(of: compared.run.id)
        watched.epochs = compared.parameters["epochs"].flatMap { Int($0) }
        watched.curves = try curves(of: watched, registry)
        picture.running.append(watched)
      } else {
        picture.ended.append(watched)
      }
    }
    return picture
  }

  /// The runs that go on, the oldest first, and those that ended last.
  private func runs(_ registry: Registry) throws -> (running: [Run], ended: [Run]) {
    let (running, candidates) = try subjects.map { try named($0, registry) } ?? selected(registry)
    let ended = candidates.sorted { ($1.endedAt ?? $1.startedAt) < ($0.endedAt ?? $0.startedAt) }
    return (running.sorted { $0.id < $1.id }, Array(ended.prefix(subjects == nil ? last : ended.count)))
  }

  private func named(_ ids: [String], _ registry: Registry) throws -> ([Run], [Run]) {
    let runs = try registry.runs(withIDs: ids)
    return (runs.filter { $0.status == .running }, runs.filter { $0.status != .running })
  }

  private func selected(_ registry: Registry) throws -> ([Run], [Run]) {
    var filter = filter
    var running: [Run] = []
    if filter.status == nil || filter.status == .running {
      (filter.status, filter.limit) = (.running, Self.mostRunning)
      running = try registry.runs(filter)
    }
    (filter.status, filter.limit) = (self.filter.status, Self.recent)
    let recent = try registry.runs(filter)
    // A run that took long began before the recent ones.
    let earlier = try registry.runs(withIDs: seen.filter { id in !recent.contains { $0.id == id } })
    return (running, (recent + earlier).filter { run in run.status != .running })
  }

  /// The metrics, the one to be drawn first.
  private func ordered(_ metrics: [String: MetricSummary]) -> [MetricSummary] {
    let main = metric.flatMap { metrics[$0] == nil ? nil : $0 } ?? MetricDirection.main(of: metrics.keys)
    return metrics.values.sorted { ($0.name != main ? 1 : 0, $0.name) < ($1.name != main ? 1 : 0, $1.name) }
  }

  /// The histories of the main metric and its counterpart, read anew only if there is a new step.
  private mutating func curves(of watched: WatchedRun, _ registry: Registry) throws -> [MetricPoint] {
    guard let main = watched.metrics.first else { return [] }
    let id = watched.run.id
    if let known = curves[id], known.lastStep == main.lastStep { return known.points }
    let other = main.name.hasPrefix("val_") ? String(main.name.dropFirst(4)) : "val_\(main.name)"
    let points = try registry.histories(of: [main.name, other], in: [watched.run])[id] ?? []
    curves[id] = Curves(lastStep: main.lastStep, points: points)
    return points
  }
}
