// The log directory of TensorBoard: which folder is that of which run. The names of event files tell, since they end with
// the id of the run that wrote them.

import Failures
import Foundation

/// The event file that a run wrote while it went on.
public struct LiveEventFile: Sendable {
  /// The folder's name in the log directory.
  public let folder: String
  /// The file's path.
  public let path: String

  /// Whether the run has written all of it.
  public var isComplete: Bool { EventFile.isComplete(path) }
}

/// The runs of a log directory.
public struct EventFolders {
  /// The directory.
  public let path: String
  private var folders: RunFolders
  private var live: [String: LiveEventFile] = [:]

  /// Looks at the folders that exist.
  /// - Throws: `Failure` of kind `cantCreate` if the directory can't be read.
  public init(_ path: String) throws(Failure) {
    self.path = path
    var owners: [String: String] = [:]
    for folder in try Self.names(in: path) {
      let files = ((try? Self.names(in: "\(path)/\(folder)")) ?? []).sorted()
      // A folder with other things in it is nobody's.
      if !files.isEmpty { owners[folder] = "" }
      for file in files where file.hasPrefix(EventFile.prefix) {
        let isExported = file.hasSuffix(EventFile.exported)
        let id = Self.id(in: isExported ? file.dropLast(EventFile.exported.count) : file[...])
        if !isExported { live[id] = LiveEventFile(folder: folder, path: "\(path)/\(folder)/\(file)") }
        if owners[folder] == "" { owners[folder] = id }
      }
    }
    folders = RunFolders(owners: owners)
  }

  /// The folder's name for a run.
  public mutating func name(for run: TrackedStart) -> String {
    live[run.id]?.folder ?? folders.name(for: run)
  }

  /// The file that a run wrote while it went on; nil if there is none.
  public func liveFile(of id: String) -> LiveEventFile? { live[id] }

  private static func id(in name: Substring) -> String {
    name.split(separator: ".").last.map(String.init) ?? ""
  }

  private static func names(in path: String) throws(Failure) -> [String] {
    do { return try FileManager.default.contentsOfDirectory(atPath: path) } catch {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw Failure(.cantCreate, "is not a folder that can be read", at: path)
      }
      return []
    }
  }
}
