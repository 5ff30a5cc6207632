// Paths as text: their components, the targets of symbolic links, and the working directory.

import Glibc
import SystemPackage

/// The directory part of a path: `.` if there is none.
public func directory(of path: String) -> String {
  let parent = FilePath(path).removingLastComponent()
  return parent.isEmpty ? "." : parent.string
}

/// The last component of a path.
public func lastComponent(of path: String) -> String { FilePath(path).lastComponent?.string ?? path }

/// The extension of a path's last component, without its dot; nil if it has none.
public func fileExtension(of path: String) -> String? { FilePath(path).extension }

/// The absolute path; `path` itself if the working directory has been removed.
public func absolutePath(_ path: String) -> String {
  guard FilePath(path).isRelative, let directory = workingDirectory() else { return path }
  return directory == "/" ? "/" + path : "\(directory)/\(path)"
}

/// The working directory; nil if it has been removed.
public func workingDirectory() -> String? {
  var characters = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  guard getcwd(&characters, characters.count) != nil else { return nil }
  return text(characters)
}

/// The final target of a path's symbolic links, which need not exist.
public func resolvingLinks(_ path: String) -> String {
  var path = path
  for _ in 0..<40 {
    guard let target = linkTarget(path) else { return path }
    path = target.hasPrefix("/") ? target : directory(of: path) + "/" + target
  }
  return path
}

private func linkTarget(_ path: String) -> String? {
  var characters = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
  guard readlink(path, &characters, characters.count - 1) >= 0 else { return nil }
  return text(characters)
}

private func text(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
