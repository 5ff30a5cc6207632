// Temporary files of processes that were killed. A living process keeps its files locked, so that a file that can be
// locked belongs to nobody; but locks may not reach beyond a machine, so that files of other machines are left alone.

import Foundation
import Glibc
import OperatingSystem
import Registry
import Synchronization
import SystemPackage

/// The temporary files of outputs: their names, and the removal of those left behind.
enum AbandonedOutputs {
  private static let prefix = ".rnn-"
  private static let suffix = ".tmp"
  /// The folders in which this process has looked.
  private static let seen = Mutex<Set<String>>([])

  /// A new name in `folder`.
  static func newPath(in folder: String) -> String {
    let random = String(UInt64.random(in: 0...(.max)), radix: 36)
    return "\(folder)/\(prefix)\(machine)-\(random)\(suffix)"
  }

  /// Removes the files in `folder` whose processes no longer exist; only the first call for a folder does anything.
  static func remove(from folder: String) {
    guard seen.withLock({ $0.insert(folder).inserted }), let open = opendir(folder) else { return }
    defer { closedir(open) }
    while let entry = readdir(open) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        bytes.starts(with: prefix.utf8) ? String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) : ""
      }
      if name.hasPrefix("\(prefix)\(machine)-"), name.hasSuffix(suffix) {
        removeIfUnlocked("\(folder)/\(name)")
      }
    }
  }

  private static func removeIfUnlocked(_ path: String) {
    let options: FileDescriptor.OpenOptions = [.closeOnExec, .noFollow, .nonBlocking]
    guard let file = try? FileDescriptor.open(path, .readWrite, options: options) else { return }
    defer { try? file.close() }
    if (try? file.tryLock()) == true { unlink(path) }
  }

  /// Distinguishes this machine from others that share its folders.
  private static let machine: String = {
    let text = hostName() + (OpenFile.smallText(at: "/etc/machine-id") ?? "")
    // FNV-1a: the same in every process, unlike Swift's hashes.
    let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    return String(hash & 0xFFFF_FFFF, radix: 36)
  }()
}
