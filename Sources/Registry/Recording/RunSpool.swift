// Runs that are not in the database yet, as JSON files in a folder next to it, which the next writer imports. Two kinds:
// a note of the start, written before a stage does anything, so that a stage that is killed has its row; and a record
// that could not be written to the database.
//
// A file is created atomically, by renaming, and removed after the transaction that contains its run. Its owner may
// replace it at any time; an importer therefore renames it first, and reads and removes only what it has renamed.

import Failures
import Foundation
import GRDB
import OperatingSystem
import SystemPackage

/// The spool of one registry.
struct RunSpool: Sendable {
  private let folder: String
  private let prefix: String

  /// The maximum number of files imported at a time, so that a short stage never waits long for other stages' runs.
  private static let batch = 64
  /// The age in seconds at which an unfinished file is certain to have been abandoned.
  private static let abandonedAfter = 3600.0

  init(_ location: RegistryLocation) {
    folder = location.spoolFolder
    prefix = location.fileName + "."
  }

  /// The file of a run's record.
  func path(of run: String) -> String { file("\(prefix)\(run).json") }

  /// The file of the note of a run's start.
  private func path(ofStart start: RunStart) -> String { file("\(prefix)\(start.id).\(start.pid).start") }

  private func file(_ name: String) -> String { "\(folder)/\(name)" }

  // MARK: Writing

  /// Writes or replaces the run's record, which survives a power failure; the note of its start is part of it.
  func keep(_ record: RunRecord) throws {
    try store(record, at: path(of: record.start.id), durably: true)
    unlink(path(ofStart: record.start))
  }

  /// Writes the note of the run's start, which survives the process.
  func note(_ start: RunStart) throws {
    try store(RunRecord(start: start), at: path(ofStart: start), durably: false)
  }

  /// Removes the run's files, if there are any.
  func remove(_ start: RunStart) {
    unlink(path(of: start.id))
    unlink(path(ofStart: start))
  }

  private func store(_ record: RunRecord, at path: String, durably: Bool) throws {
    let bytes = try Self.encoder.encode(record)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let unfinished = path + ".tmp"
    do {
      let file = try OpenFile(writing: unfinished, truncating: true)
      try bytes.withUnsafeBytes { bytes in try file.write(bytes) }
      if durably { try file.synchronize() }
      guard rename(unfinished, path) == 0 else { throw Errno.last }
    } catch {
      unlink(unfinished)
      throw error
    }
  }

  // MARK: Importing

  /// Writes waiting runs to the database and removes their files.
  /// - Returns: a line for each file that could not be read, which is renamed.
  func importRuns(_ database: RegistryDatabase) throws -> [String] {
    let files = try waiting()
    guard !files.isEmpty else { return [] }
    var warnings: [String] = []
    let records = files.prefix(Self.batch).compactMap { claim($0, warnings: &warnings) }
    guard !records.isEmpty else { return warnings }
    try database.write { db in
      for (_, record) in records { try record.write(to: db) }
    }
    for (path, _) in records { unlink(path) }
    return warnings
  }

  /// The paths of the waiting files, in order of the runs' start.
  private func waiting() throws -> [String] {
    guard access(folder, F_OK) == 0 else { return [] }
    return try FileManager.default.contentsOfDirectory(atPath: folder)
      .filter { $0.hasPrefix(prefix) && isWaiting($0) }
      .sorted()
      .map(file)
  }

  /// Whether the file `name` can be imported: a record; a note, or a file that an importer has renamed, whose process
  /// no longer exists. Removes a file that was never finished.
  private func isWaiting(_ name: String) -> Bool {
    let parts = name.split(separator: ".").map(String.init)
    guard parts.count > 2 else { return false }
    switch (parts[parts.count - 2], parts[parts.count - 1]) {
    case (_, "json"): return true
    case (let process, "start"), ("json", let process): return Int32(process).map { !isAlive($0) } ?? false
    case (_, "tmp"):
      removeIfAbandoned(file(name))
      return false
    default: return false
    }
  }

  /// Whether a process of this machine has the id. One that has been given the id since only delays an import.
  private func isAlive(_ process: Int32) -> Bool {
    process == getpid() || kill(process, 0) == 0 || errno == EPERM
  }

  private func removeIfAbandoned(_ path: String) {
    let modified = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    if let modified, -modified.timeIntervalSinceNow > Self.abandonedAfter { unlink(path) }
  }

  /// Renames a file, so that it is this process's alone, and reads it. Nil for a file that another process has just
  /// imported, that has a newer format, or that is damaged.
  private func claim(_ path: String, warnings: inout [String]) -> (String, RunRecord)? {
    var path = path
    do {
      guard let format = try content(path, Format.self), format.format <= RunRecord.currentFormat else {
        return nil
      }
      if path.hasSuffix(".json") {
        let own = "\(path).\(getpid())"
        guard rename(path, own) == 0 else { return nil }
        path = own
      }
      return try content(path, RunRecord.self).map { (path, $0) }
    } catch {
      rename(path, path + ".damaged")
      warnings.append("\(path): the run stored here can't be read (renamed to .damaged)")
      return nil
    }
  }

  /// The content of a file; nil if there is no such file any more.
  private func content<Content: Decodable>(_ path: String, _ type: Content.Type) throws -> Content? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    return try Self.decoder.decode(type, from: bytes)
  }

  private struct Format: Decodable { let format: Int }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy =
      .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy =
      .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return decoder
  }
}
