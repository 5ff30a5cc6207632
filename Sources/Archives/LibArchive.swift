// libarchive's functions, once it is loaded.

import CArchive
import Failures

/// The functions of libarchive, without the prefix `archive_`.
public typealias LibArchive = archive_functions

extension LibArchive {
  /// libarchive, loaded on first use.
  /// - Throws: `Failure` (unavailable) if the machine has none.
  public static func load() throws(Failure) -> LibArchive {
    var problem: UnsafePointer<CChar>?
    if let functions = archive_load(&problem) { return functions.pointee }
    throw Failure.library(
      "libarchive", reason: problem.map { String(cString: $0) } ?? "unknown reason",
      remedy: "install it (make deps in the project's folder)")
  }
}
