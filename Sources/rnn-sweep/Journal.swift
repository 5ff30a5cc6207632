// The journal of a sweep: one line of JSON for each run of a trial that has ended, written with a single call and flushed
// to disk, so that a line is complete or, after a power failure, a part at the end that is ignored.

import Failures
import JSON
import OperatingSystem
import Sweeps
import SystemPackage

/// A run of a trial that has ended.
struct TrialRecord: Sendable {
  let run: TrialRun
  let configuration: Configuration
  let budget: Int?
  /// The value of the metric; nil if the trial failed.
  let value: Double?
  /// Why it failed; nil if it didn't.
  var reason: String?
  /// The id of the run from which the value is.
  var source: String?
  let exit: Int32
  let seconds: Double

  /// The line of the journal.
  var json: JSONValue {
    [
      "trial": .integer(Int64(run.trial)), "rung": .integer(Int64(run.rung)),
      "parameters": .object(configuration.values.mapValues(JSONValue.string)),
      "budget": budget.map { .integer(Int64($0)) } ?? .null, "value": value.map(JSONValue.number) ?? .null,
      "reason": reason.map(JSONValue.string) ?? .null, "run": source.map(JSONValue.string) ?? .null,
      "exit": .integer(Int64(exit)), "seconds": .number(seconds),
    ]
  }

  init(
    _ run: TrialRun, _ configuration: Configuration, budget: Int?, value: Double?, reason: String?,
    source: String?,
    exit: Int32, seconds: Double
  ) {
    (self.run, self.configuration, self.budget, self.value) = (run, configuration, budget, value)
    (self.reason, self.source, self.exit, self.seconds) = (reason, source, exit, seconds)
  }

  /// Nil for JSON that is no such line.
  init?(_ json: JSONValue) {
    guard let trial = json["trial"]?.int, let rung = json["rung"]?.int, trial >= 1, rung >= 0,
      let parameters = json["parameters"]?.object, let exit = json["exit"]?.int
    else { return nil }
    self.init(
      TrialRun(trial: trial, rung: rung), Configuration(parameters.compactMapValues(\.string)),
      budget: json["budget"]?.int, value: json["value"]?.double, reason: json["reason"]?.string,
      source: json["run"]?.string, exit: Int32(clamping: exit), seconds: json["seconds"]?.double ?? 0)
  }
}

/// The open journal, which only one process at a time can have.
final class Journal {
  private let file: OpenFile
  /// The last record of each run, in the order in which the first ones were written.
  private(set) var records: [TrialRecord] = []
  private var places: [TrialRun: Int] = [:]

  /// Opens the journal at `path`, creating it if it is missing.
  /// - Parameter name: its name in messages.
  /// - Throws: `Failure`: another process has it (unavailable), or a line is damaged (data).
  init(_ path: String, named name: String) throws {
    file = try OpenFile(writing: path)
    guard (try? file.descriptor.tryLock()) != false else {
      throw Failure(
        .unavailable, "another rnn-sweep is running this sweep", at: name, remedy: "wait until it ends")
    }
    try read(name)
  }

  private func read(_ name: String) throws {
    var (bytes, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    while case let count = try file.read(into: &block), count > 0 { bytes += block[..<count] }
    let end = bytes.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    for (index, line) in bytes[..<end].split(separator: UInt8(ascii: "\n")).enumerated() {
      guard let json = try? JSONValue(parsing: line), let record = TrialRecord(json) else {
        throw Failure.data(
          "line \(index + 1) is damaged", at: name, remedy: "remove it; its trial is run again")
      }
      add(record)
    }
    try file.truncate(to: end)
  }

  /// Writes a record.
  func append(_ record: TrialRecord) throws {
    try file.write(record.json.text + "\n")
    try file.synchronize()
    add(record)
  }

  private func add(_ record: TrialRecord) {
    if let place = places[record.run] {
      records[place] = record
    } else {
      places[record.run] = records.count
      records.append(record)
    }
  }
}
