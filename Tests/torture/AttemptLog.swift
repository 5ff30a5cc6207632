// The log of attempts: a line of JSON for some consecutive attempts, appended every few seconds, so that interrupted
// runs go on where they stopped, and counts add up over time.

import Foundation
import JSON

/// What is known of an experiment.
struct Tally: Equatable {
  /// The number of attempts so far; the next one has this number.
  var tried = 0
  /// The attempts that did harm when they were last made.
  var failures: [Int: String] = [:]

  var survived: Int { tried - failures.count }

  /// Takes the result of the attempts with numbers in `range`.
  mutating func take(_ range: Range<Int>, _ failed: [FailedAttempt]) {
    tried = max(tried, range.upperBound)
    for number in failures.keys where range.contains(number) { failures[number] = nil }
    for attempt in failed { failures[attempt.number] = attempt.problem }
  }
}

/// The file `out/torture/log.jsonl`.
struct AttemptLog {
  private let file: URL
  private(set) var tallies: [String: Tally] = [:]

  init(folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    file = folder.appending(path: "log.jsonl")
    guard let text = try? String(contentsOf: file, encoding: .utf8) else { return }
    // The last line may have been cut when the machine stopped.
    for line in text.split(separator: "\n") {
      if let json = try? JSONValue(parsing: String(line)) { take(json) }
    }
  }

  /// Appends the result of the attempts with numbers in `range`.
  mutating func append(_ experiment: String, _ range: Range<Int>, _ failed: [FailedAttempt]) throws {
    let failures = failed.map {
      ["number": .integer(Int64($0.number)), "problem": .string($0.problem)] as JSONValue
    }
    let line: JSONValue = [
      "experiment": .string(experiment), "first": .integer(Int64(range.lowerBound)),
      "count": .integer(Int64(range.count)), "failures": .array(failures),
    ]
    take(line)
    if !FileManager.default.fileExists(atPath: file.path) { try Data().write(to: file) }
    let handle = try FileHandle(forWritingTo: file)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data((line.text + "\n").utf8))
    try handle.close()
  }

  private mutating func take(_ line: JSONValue) {
    guard let name = line["experiment"]?.string, let first = line["first"]?.int,
      let count = line["count"]?.int
    else { return }
    let failed = (line["failures"]?.array ?? []).compactMap { failure in
      failure["number"]?.int.map { FailedAttempt(number: $0, problem: failure["problem"]?.string ?? "") }
    }
    tallies[name, default: Tally()].take(first..<first + count, failed)
  }
}
