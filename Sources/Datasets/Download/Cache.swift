// The cache of downloaded files, so that each is downloaded only once.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// A folder of downloaded files, and their names.
public struct Cache: Sendable {
  /// The folder.
  public let folder: String

  /// - Parameter folder: nil for `$XDG_CACHE_HOME/rnnpipe`, else `~/.cache/rnnpipe`.
  /// - Throws: `Failure` of kind `cantCreate` if neither is known.
  public init(folder: String? = nil) throws(Failure) {
    guard let folder = folder ?? Cache.standardFolder else {
      throw Failure(
        .cantCreate, "there is no home directory for the cache", remedy: "name a folder with --cache")
    }
    self.folder = folder
  }

  /// The XDG rule: an absolute `$XDG_CACHE_HOME`, else `.cache` in the home folder.
  private static var standardFolder: String? {
    if let base = environment("XDG_CACHE_HOME"), base.hasPrefix("/") { return base + "/rnnpipe" }
    return environment("HOME").map { $0 + "/.cache/rnnpipe" }
  }

  /// The path for the file at the URL `address`: its name, made unique by a hash of the URL.
  func path(for address: String, name: String) throws(Failure) -> String {
    let plain = name.unicodeScalars.map { scalar -> Character in
      let isPlain =
        scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789._-".unicodeScalars.contains(scalar))
      return isPlain ? Character(scalar) : "_"
    }
    return "\(folder)/\(try sha256(of: address).prefix(16))-\(String(plain.suffix(80)))"
  }

  /// Creates the folder and its parents.
  func prepare() throws(Failure) {
    var path = ""
    for part in folder.split(separator: "/", omittingEmptySubsequences: false) {
      path += part + "/"
      if mkdir(path, 0o755) == 0 { continue }
      let error = Errno.last
      if error == .fileExists || access(path, F_OK) == 0 { continue }
      throw Failure(
        .cantCreate, "can't be created: \(error.text)", at: folder, remedy: "name another folder with --cache"
      )
    }
  }
}
