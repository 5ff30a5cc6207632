// The end of a stage for which there is no memory: one line, exit code 71, no unfinished files. The memory for all that is
// taken beforehand.

import CAllocation
import Failures
import OperatingSystem
import Registry

/// What is prepared for the case that memory runs out.
enum OutOfMemory {
  /// What has happened when memory runs out.
  static let failure = Failure(
    .outOfMemory, "out of memory: the process may not use more",
    remedy: "raise its limit, such as ulimit -v or that of the container, or use a machine with more")

  /// Prepares the error line of `stage`.
  static func prepare(_ stage: String) {
    allocation_prepare(
      (Terminal.redraws ? "\r\u{1B}[K" : "") + errorLine(stage, failure), failure.kind.rawValue)
    if let limit = AvailableMemory.groupLimit { watch(limit) }
  }

  /// Prepares for the end of a stage whose work is done, or whose error has been printed: there is no further line, and the
  /// exit code is that of the outcome.
  static func prepare(after outcome: Outcome) { allocation_prepare("", outcome.exitCode) }

  /// Sets what is then written to the registry's spool.
  static func prepare(_ words: LastWords) { allocation_prepare_record(words.path, words.before, words.after) }

  private static func watch(_ limit: AvailableMemory.GroupLimit) {
    allocation_watch_group(
      limit.usage, limit.statistics, limit.caches.joined(separator: " "), limit.bytes - limit.bytes / 64)
  }

  /// A file that is to be removed when memory runs out.
  static func register(_ path: String) { _ = allocation_register_file(path) }

  /// A file that is complete, or has been removed.
  static func forget(_ path: String) { allocation_forget_file(path) }
}
