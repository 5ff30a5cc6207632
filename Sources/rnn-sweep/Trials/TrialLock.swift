// The lock that a trial's processes hold, so that a sweep that is resumed finds those that a killed one left running:
// two processes of the same trial would write the same files.

import Failures
import Foundation
import OperatingSystem
import Stage
import SystemPackage

/// The locked file of a trial.
struct TrialLock {
  private let file: OpenFile

  /// The lock, once no process of an earlier run of the trial holds it. Such processes are asked to end, so that they
  /// save their state, and are killed if they don't.
  init(_ folder: TrialFolder, _ run: StageRun) throws {
    file = try OpenFile(writing: folder.lock)
    let begun = monotonicSeconds()
    var asked: Int32?
    while !(try isFree(folder)) {
      if asked == nil { run.note("\(folder.name): ending what an earlier rnn-sweep left running") }
      let signal = monotonicSeconds() - begun > Self.patience ? SIGKILL : SIGTERM
      if asked != signal, let group = Self.group(folder) { kill(-group, signal) }
      asked = signal
      guard !run.interruption.isRequested else { throw Interrupted() }
      usleep(20_000)
    }
  }

  /// The user has asked the sweep to stop.
  struct Interrupted: Error {}

  /// The seconds in which processes can save their state.
  private static let patience = 30.0

  private func isFree(_ folder: TrialFolder) throws -> Bool {
    do throws(Errno) { return try file.descriptor.tryLock() } catch {
      throw Failure(.io, "can't be locked: \(error.text)", at: folder.name)
    }
  }

  /// The group of the processes that hold the lock. It can't have become another one's as long as they do.
  private static func group(_ folder: TrialFolder) -> pid_t? {
    let text = OpenFile.smallText(at: folder.lock)?.split(separator: "\n").first
    return text.flatMap { pid_t($0) }.flatMap { $0 > 1 ? $0 : nil }
  }

  /// The descriptor that the trial's processes take over.
  var descriptor: FileDescriptor { file.descriptor }

  /// Notes the group that holds the lock from now on.
  func note(_ process: TrialProcess) throws {
    try file.truncate(to: 0)
    try file.write(process.group)
  }
}
