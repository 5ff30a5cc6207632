// The location of the registry: one SQLite file, found like the folder of `git`, with the spool next to it.

import Foundation

/// The location of a registry's database.
public struct RegistryLocation: Sendable, Equatable {
  /// The path of the SQLite file.
  public let path: String

  /// The database at `path`, which need not exist; `find` searches for one.
  public init(path: String) { self.path = path }

  /// The folder of the database.
  public var folder: String {
    let parent = (path as NSString).deletingLastPathComponent
    return parent.isEmpty ? "." : parent
  }

  /// The folder of runs that could not be written: `spool`, next to the database.
  var spoolFolder: String { (folder as NSString).appendingPathComponent("spool") }

  /// The database's file name, which distinguishes registries in a shared spool.
  var fileName: String { (path as NSString).lastPathComponent }

  /// The registry to use: `option` (of `--registry`), else `$RNN_REGISTRY`, else `runs.db` in the nearest
  /// `.rnn` folder of `directory` and those above it, else `.rnn/runs.db` in `directory`.
  /// - Parameters:
  ///   - option: a path given on the command line, if any.
  ///   - environment: the process's environment.
  ///   - directory: where the search starts, absolute.
  public static func find(
    option: String?, environment: [String: String], directory: String
  ) -> RegistryLocation {
    for given in [option, environment["RNN_REGISTRY"]] {
      if let given, !given.isEmpty { return RegistryLocation(path: absolute(given, in: directory)) }
    }
    let folder = nearestFolder(from: directory) ?? directory
    return RegistryLocation(path: (folder as NSString).appendingPathComponent(".rnn/runs.db"))
  }

  private static func absolute(_ path: String, in directory: String) -> String {
    path.hasPrefix("/") ? path : (directory as NSString).appendingPathComponent(path)
  }

  private static func nearestFolder(from directory: String) -> String? {
    var folder = directory
    while !folder.isEmpty {
      var isDirectory: ObjCBool = false
      let candidate = (folder as NSString).appendingPathComponent(".rnn")
      if FileManager.default.fileExists(atPath: candidate, isDirectory: &isDirectory), isDirectory.boolValue {
        return folder
      }
      if folder == "/" { return nil }
      folder = (folder as NSString).deletingLastPathComponent
    }
    return nil
  }
}
