// What has changed since the last picture, as lines for a log.

import Failures
import Registry
import Stage

/// Describes changes.
struct WatchLog {
  private var known: [String: Known] = [:]
  private var problem: Failure?
  private var hasLooked = false

  /// What was said of a run.
  private struct Known {
    var step: Int?
    var tenth: Int
    var isRunning: Bool
  }

  /// The lines for a picture, each with its time.
  mutating func lines(_ picture: WatchPicture) -> [String] {
    var lines: [String] = []
    if picture.problem != problem {
      problem = picture.problem
      lines.append(problem?.description ?? "the registry can be read again")
    }
    // Those that ended before anything was watched are no change; of a registry that is yet to be created, all are.
    let isFirst = !hasLooked
    if picture.problem == nil || picture.problem?.kind == .noInput { hasLooked = true }
    for watched in picture.running { lines += running(watched, at: picture.time) }
    for watched in picture.ended.reversed() { lines += ended(watched, at: picture.time, isFirst) }
    return lines.map { "\(picture.time.localText)  \(printable($0))" }
  }

  private mutating func running(_ watched: WatchedRun, at now: Timestamp) -> [String] {
    let run = watched.run
    var (lines, step) = ([String](), watched.metrics.first?.lastStep)
    let tenth = watched.fraction.map { Int($0 * 10) } ?? 0
    let before = known[run.id]
    if before == nil { lines.append("\(Self.name(run)) runs: \(Words.command(run.argv[...]))") }
    if let main = watched.metrics.first, before?.step != main.lastStep {
      lines.append("\(Self.name(run)) epoch \(Self.metrics(watched))")
    } else if let fraction = watched.fraction, tenth > before?.tenth ?? 0 {
      let left = watched.report?.progress.remaining.map { ", \(NumberText.duration(seconds: $0)) left" } ?? ""
      lines.append("\(Self.name(run)) \(watched.report?.progress.label ?? "") \(Int(fraction * 100))%\(left)")
    }
    step = step ?? before?.step
    known[run.id] = Known(step: step, tenth: tenth, isRunning: true)
    return lines
  }

  private mutating func ended(_ watched: WatchedRun, at now: Timestamp, _ isFirst: Bool) -> [String] {
    let run = watched.run
    let wasRunning = known[run.id].map(\.isRunning) ?? !isFirst
    known[run.id] = Known(step: nil, tenth: 10, isRunning: false)
    guard wasRunning else { return [] }
    let time = Words.seconds(watched.elapsed(at: now))
    let metrics = watched.metrics.isEmpty ? "" : ", epoch \(Self.metrics(watched))"
    return ["\(Self.name(run)) \(run.status.rawValue) after \(time)\(run.error.map { ": \($0)" } ?? metrics)"]
  }

  private static func name(_ run: Run) -> String {
    [run.stage, run.name, run.shortID].compactMap { $0 }.joined(separator: " ")
  }

  private static func metrics(_ watched: WatchedRun) -> String {
    let step = watched.metrics.first.map { "\($0.lastStep): " } ?? ""
    return step
      + watched.metrics.map { "\($0.name) \($0.last.map { NumberText.significant($0, 4) } ?? "nan")" }
      .joined(separator: ", ")
  }
}
