// A training history that goes on: a run of the registry, or the CSV file that rnn-train writes.

import ByteStreams
import Charts
import Failures
import OperatingSystem
import Registry
import Stage
import SystemPackage

/// A history that is looked at again and again.
struct FollowedHistory {
  /// What there is to see.
  struct State {
    var curves: [HistoryCurve] = []
    var title = ""
    /// Whether nothing more will come.
    var isOver = false
    /// What is said beside the chart.
    var note = ""
  }

  private enum Source {
    case run(id: String, RegistryReader)
    case file(String)
  }

  private var source: Source
  private let input: PlotInput
  private var latest = State()
  /// Tells whether anything has changed since the last look.
  private var version: Int?

  /// - Throws: `Failure` if there is no such run.
  init(_ input: PlotInput, registry: String?) throws {
    self.input = input
    if let name = input.namedRun {
      let location = registryLocation(registry)
      source = .run(id: try Registry(location).run(name).id, RegistryReader(location))
    } else {
      source = .file(input.path ?? "")
    }
  }

  /// Whether the end is known, as it is of a run.
  var ends: Bool { if case .run = source { true } else { false } }

  /// The state now; nil if nothing has changed. What can't be read at the moment is noted.
  /// - Throws: `Failure` if the run has been removed.
  mutating func next() throws -> State? {
    let before = version
    switch source {
    case .run(let id, var reader):
      defer { source = .run(id: id, reader) }
      try look(id, &reader)
    case .file(let path): look(path)
    }
    return version == before ? nil : latest
  }

  private mutating func look(_ id: String, _ reader: inout RegistryReader) throws {
    let found: (run: Run?, points: [MetricPoint])
    do {
      found = try reader.read { (try $0.find(id), try $0.metrics(of: id)) }
    } catch {
      return note("\(error)")
    }
    guard let run = found.run else {
      throw Failure.data("the run has been removed from the registry", at: Run.shortID(id))
    }
    if run.hasVanished { reader.update() }
    var hasher = Hasher()
    for point in found.points { hasher.combine([point.step, Int(bitPattern: UInt(point.value.bitPattern))]) }
    hasher.combine(run.status)
    version = hasher.finalize()
    let names = [run.name, run.shortID].compactMap { $0 }.joined(separator: " ")
    latest = State(
      curves: PlotInput.curves(found.points), title: names, isOver: run.status != .running,
      note: run.status == .running ? "running" : run.status.rawValue + (run.error.map { ": \($0)" } ?? ""))
  }

  /// A file that is being written may be cut anywhere; the next look will find the rest.
  private mutating func look(_ path: String) {
    do {
      let status = try Stat(path)
      let (size, inode) = (Int(status.size), status.inode.rawValue)
      let time = status.st_mtim
      var hasher = Hasher()
      hasher.combine([size, Int(truncatingIfNeeded: inode), time.tv_sec, time.tv_nsec])
      let found = hasher.finalize()
      guard version != found else { return }
      let file = PeekedSource(try FileContent(InputFile(path, typed: false), named: path).source)
      let text = try input.run.text(file, named: path, encoding: input.encoding)
      latest = State(curves: try HistoryTable(text, named: path).curves, note: path)
      version = found
    } catch {
      note(error is Errno ? "waiting for \(path)" : "\(error)")
    }
  }

  private mutating func note(_ text: String) {
    guard latest.note != text else { return }
    latest.note = text
    version = (version ?? 0) &+ 1
  }
}
