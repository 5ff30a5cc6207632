// Runs as files in the layouts of TensorBoard, Trackio and DVC.

import Failures
import Foundation
import JSON
import Registry
import Stage
import Trackers
import Trackio

/// Where runs are written for another program.
enum TrackerExport {
  case tensorboard(folder: String)
  case trackio(folder: String, project: String)
  case dvc(folder: String)

  /// Writes the runs, and says what was done.
  func write(_ selection: RunSelection, _ registry: Registry, _ run: StageRun) throws {
    var counts = ExportCounts()
    switch self {
    case .tensorboard(let folder): try Self.writeEvents(selection, registry, run, to: folder, &counts)
    case .trackio(let folder, let project):
      let store = try TrackioProject(folder: folder, named: project)
      try Self.forEach(selection, registry, run, &counts) { tracked in
        try store.write(tracked, named: tracked.start.name ?? tracked.start.shortID)
        return true
      }
    case .dvc(let folder): try Self.writeDVC(selection, registry, run, to: folder, &counts)
    }
    counts.report(folder, run)
  }

  private var folder: String {
    switch self {
    case .tensorboard(let folder), .trackio(let folder, _), .dvc(let folder): folder
    }
  }

  /// Calls `body`, which says whether it has written anything, with every run that has metrics; others would show as empty.
  private static func forEach(
    _ selection: RunSelection, _ registry: Registry, _ run: StageRun, _ counts: inout ExportCounts,
    _ body: (TrackedRun) throws -> Bool
  ) throws {
    try selection.forEach(registry, run, hasMetrics: true) { runs in
      for found in runs {
        let tracked = try TrackedRun(found, in: registry)
        guard !tracked.metrics.isEmpty else {
          run.note("\(found.shortID) has no metrics, and is left out")
          continue
        }
        if try body(tracked) {
          counts.runs += 1
          counts.values += tracked.metrics.count
        } else {
          counts.kept += 1
        }
      }
    }
  }

  /// A file in a folder that is created if it is missing.
  private static func write(_ bytes: [UInt8], to path: String, _ run: StageRun) throws {
    let folder = (path as NSString).deletingLastPathComponent
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw Failure(.cantCreate, "the folder can't be created", at: folder)
    }
    let file = try run.file(path)
    try file.write(bytes)
    try file.finish()
  }
}

// MARK: - TensorBoard

extension TrackerExport {
  /// A file that a run has written itself, with the times of its values, is kept if it is complete.
  private static func writeEvents(
    _ selection: RunSelection, _ registry: Registry, _ run: StageRun, to path: String,
    _ counts: inout ExportCounts
  ) throws {
    try EventFileLog.prepare(path)
    var folders = try EventFolders(path)
    try forEach(selection, registry, run, &counts) { tracked in
      let live = folders.liveFile(of: tracked.start.id)
      if let live, live.isComplete || tracked.end == nil { return false }
      let name = folders.name(for: tracked.start)
      try write(
        EventFile.bytes(of: tracked), to: "\(path)/\(name)/\(EventFile.exportedName(of: tracked.start))", run)
      if let live { try? FileManager.default.removeItem(atPath: live.path) }
      return true
    }
  }
}

// MARK: - DVC

extension TrackerExport {
  /// One run's files are in the folder itself, where DVCLive has them; those of several in a folder each.
  private static func writeDVC(
    _ selection: RunSelection, _ registry: Registry, _ run: StageRun, to path: String,
    _ counts: inout ExportCounts
  ) throws {
    var runs: [TrackedRun] = []
    try forEach(selection, registry, run, &counts) { tracked in
      runs.append(tracked)
      guard runs.count <= mostDVCRuns else {
        throw Failure.usage(
          "more than \(mostDVCRuns) runs are selected", at: "--dvc",
          remedy: "select fewer: DVC reads all files at once")
      }
      return true
    }
    guard !runs.isEmpty else { return }
    var names = RunFolders()
    let folders = runs.count == 1 ? [""] : runs.map { names.name(for: $0.start) }
    for (tracked, folder) in zip(runs, folders) {
      for file in DVCLive.files(of: tracked) {
        try write(Array(file.text.utf8), to: "\(path)/\(folder.isEmpty ? "" : folder + "/")\(file.path)", run)
      }
    }
    try write(Array(DVCLive.configuration(folders).utf8), to: "\(path)/dvc.yaml", run)
  }

  private static let mostDVCRuns = 1000
}

/// What was written.
private struct ExportCounts {
  var runs = 0, values = 0, kept = 0

  func report(_ folder: String, _ run: StageRun) {
    if runs == 0, kept == 0 { run.note("no runs with metrics") }
    let also =
      kept > 0 ? "; \(counted(kept, "run has", "runs have")) a file that was written during training" : ""
    run.result(
      [
        "folder": .string(folder), "runs": .integer(Int64(runs)), "values": .integer(Int64(values)),
        "kept": .integer(Int64(kept)),
      ], "\(counted(runs, "run")), \(counted(values, "value"))\(also)", stream: .output)
  }
}
