// Running experiments: from where the log ends up to their counts, with a line of progress, and every failure with
// the command that repeats it.

import CommandRunning
import Foundation

/// How far to go.
enum Extent {
  /// Up to the short count, or to the whole one.
  case short, whole
  /// This many attempts more.
  case more(Int)
  /// One attempt, or all those that did harm.
  case only(Int), failed
}

/// Runs an experiment.
/// - Parameter earlier: the number of attempts that were made elsewhere, after which whole runs go on.
/// - Returns: whether no attempt did harm.
func run(_ experiment: Experiment, _ extent: Extent, after earlier: Int, _ log: inout AttemptLog) throws
  -> Bool
{
  let missing = experiment.needs.filter { !CommandRunner.has($0) }
  if let obstacle = missing.isEmpty ? experiment.obstacle() : "\(missing.joined(separator: ", ")) is missing"
  {
    print("\(experiment.name): not run: \(obstacle)")
    return true
  }
  let tally = log.tallies[experiment.name] ?? Tally()
  let ranges = ranges(experiment, extent, tally, after: earlier)
  guard !ranges.isEmpty else {
    print(summary(experiment, tally))
    return tally.failures.isEmpty
  }
  let attempt = try experiment.prepare()
  var failures = 0
  for range in ranges { failures += try make(range, of: experiment, attempt, &log) }
  print(summary(experiment, log.tallies[experiment.name] ?? Tally()))
  return failures == 0
}

private func ranges(
  _ experiment: Experiment, _ extent: Extent, _ tally: Tally, after earlier: Int
) -> [Range<Int>] {
  let next = max(tally.tried, earlier)
  switch extent {
  case .only(let number): return [number..<number + 1]
  case .failed: return tally.failures.keys.sorted().map { $0..<$0 + 1 }
  case .short: return tally.tried < experiment.short ? [tally.tried..<experiment.short] : []
  case .whole: return next < experiment.count ? [next..<experiment.count] : []
  case .more(let count): return [next..<next + count]
  }
}

/// Makes attempts, and logs them every few seconds.
/// - Returns: the number of failures.
private func make(
  _ range: Range<Int>, of experiment: Experiment, _ attempt: (Range<Int>) throws -> [FailedAttempt],
  _ log: inout AttemptLog
) throws -> Int {
  var (first, failed, count) = (range.lowerBound, [FailedAttempt](), 0)
  var written = ContinuousClock.now
  var next = first
  while next < range.upperBound {
    let end = min(next + experiment.batch, range.upperBound)
    failed += try attempt(next..<end)
    next = end
    guard next == range.upperBound || ContinuousClock.now - written > .seconds(3) else { continue }
    for failure in failed {
      print("\(experiment.name) \(failure.number): \(failure.problem)")
      print("  to repeat it: make torture ONLY='\(experiment.name) \(failure.number)'")
    }
    try log.append(experiment.name, first..<next, failed)
    count += failed.count
    (first, failed, written) = (next, [], .now)
    fflush(nil)
  }
  return count
}

private func summary(_ experiment: Experiment, _ tally: Tally) -> String {
  "\(experiment.name): \(grouped(tally.tried)) of \(grouped(experiment.count)) tried, "
    + "\(grouped(tally.survived)) survived"
}

/// A number with commas.
func grouped(_ number: Int) -> String {
  var text = String(number)
  var index = text.count - 3
  while index > 0 {
    text.insert(",", at: text.index(text.startIndex, offsetBy: index))
    index -= 3
  }
  return text
}
