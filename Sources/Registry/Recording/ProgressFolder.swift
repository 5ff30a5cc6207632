// The progress of running stages: a small file for each, in a folder next to the database, replaced atomically. It is not
// in the database, which would have to be written once a second by each stage for something that is of no use afterwards.
//
// Whoever writes or reads here ignores every error: nobody's work depends on these files.

import Foundation
import OperatingSystem

/// The files of progress of one registry's runs.
public struct ProgressFolder: Sendable {
  private let folder: String
  private let prefix: String

  /// The largest file that is read, and the age in seconds at which an unfinished one is certain to be abandoned.
  private static let (largest, abandonedAfter) = (1 << 14, 60.0)

  /// The files next to a registry, which need not exist.
  public init(_ location: RegistryLocation) {
    folder = (location.folder as NSString).appendingPathComponent("progress")
    prefix = location.fileName + "."
  }

  /// What a run says of its progress, and when.
  public struct Report: Sendable, Equatable {
    /// The progress.
    public let progress: RunProgress
    /// When it was written.
    public let updatedAt: Timestamp
  }

  private func path(of run: String) -> String { "\(folder)/\(prefix)\(run)" }

  /// The progress of a run; nil if there is none, or its process is gone.
  public func report(of run: String) -> Report? {
    guard let note = note(at: path(of: run)), note.run == run, !isAbandoned(note) else { return nil }
    return Report(progress: note.progress, updatedAt: note.updatedAt)
  }

  /// Writes or replaces a run's progress.
  func write(_ progress: RunProgress, of run: String) {
    let process = ProcessIdentity.current
    let note = ProgressNote(
      format: ProgressNote.currentFormat, run: run, pid: process.pid, processStart: process.start,
      updatedAt: .now, progress: progress)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let bytes = try? encoder.encode(note) else { return }
    let unfinished = path(of: run) + ".tmp"
    mkdir(folder, 0o777)
    do {
      let file = try OpenFile(writing: unfinished, truncating: true)
      try bytes.withUnsafeBytes { bytes in try file.write(bytes) }
      if rename(unfinished, path(of: run)) == 0 { return }
    } catch {}
    unlink(unfinished)
  }

  /// Removes a run's progress.
  func remove(_ run: String) { unlink(path(of: run)) }

  /// Removes the files of processes that are gone.
  func removeAbandoned() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(".tmp") {
        if age(of: path) > Self.abandonedAfter { unlink(path) }
      } else if let note = note(at: path), isAbandoned(note) {
        unlink(path)
      }
    }
  }

  private func note(at path: String) -> ProgressNote? {
    guard let text = OpenFile.smallText(at: path, limit: Self.largest) else { return nil }
    let note = try? JSONDecoder().decode(ProgressNote.self, from: Data(text.utf8))
    return note?.format == ProgressNote.currentFormat ? note : nil
  }

  private func isAbandoned(_ note: ProgressNote) -> Bool {
    ProcessIdentity(pid: note.pid, start: note.processStart).liveness == .ended
  }

  private func age(of path: String) -> Double {
    let modified = try? FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    return modified.map { -$0.timeIntervalSinceNow } ?? 0
  }
}
