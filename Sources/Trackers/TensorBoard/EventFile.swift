// Event files of TensorBoard: one folder for each run in a log directory. A file's name ends with the id of the run that
// wrote it, by which the folder of a run is found again.

import OperatingSystem
import SystemPackage

/// A whole event file.
public enum EventFile {
  /// The bytes of a run's file.
  public static func bytes(of run: TrackedRun) -> [UInt8] {
    let time = run.start.time
    var bytes = Event.fileVersion(time: time)
    bytes += Event.parameters(run.parameters, of: run.start, time: time)
    for (step, values) in run.steps { bytes += Event.scalars(step: step, values) }
    return bytes + (run.end.map(Event.end) ?? [])
  }

  /// The name of a file that is made from the registry, which replaces an earlier one of the same run.
  public static func exportedName(of run: TrackedStart) -> String { name(of: run, time: run.time) + exported }

  /// The name of a file that is written while a run goes on.
  static func name(of run: TrackedStart, time: Int64) -> String {
    "\(prefix)\(time / 1000).\(RunFolders.safe(run.host)).\(run.id)"
  }

  static let prefix = "events.out.tfevents."
  static let exported = ".exported"

  /// Whether the process that wrote the file has written all of it.
  static func isComplete(_ path: String) -> Bool {
    guard let file = try? OpenFile(reading: path), let size = try? file.status().size else { return false }
    var bytes = [UInt8](repeating: 0, count: 64)
    let start = max(0, size - Int64(bytes.count))
    guard (try? file.descriptor.seek(offset: start, from: .start)) != nil,
      let count = try? file.read(into: &bytes)
    else { return false }
    return Event.endsWithSessionStop(Array(bytes.prefix(count)))
  }
}
