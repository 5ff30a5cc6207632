// A folder that stands for the root of a system, with files such as /proc and /sys have them.

import Foundation

/// A new folder; removed with the object.
public final class SystemFolder {
  private let folder: URL

  /// - Throws: an error if no folder can be created.
  public init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-system-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The folder's path.
  public var path: String { folder.path }

  /// Writes files: their texts by their paths in the folder.
  public func write(_ files: [String: String]) throws {
    for (path, text) in files {
      let file = folder.appendingPathComponent(path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }
}
