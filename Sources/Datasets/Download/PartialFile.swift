// A partial download: the bytes so far, and the information needed to request the rest.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// A growing file, and next to it a note of the version of the original that its bytes are from. The bytes are always
/// a prefix of that version, whenever the process ends.
final class PartialFile {
  private let file: OpenFile
  private let notePath: String
  /// Whether a modification time is enough to request the rest, because a checksum decides in the end.
  private let trustsTimes: Bool
  /// How many bytes there are.
  private(set) var size: Int
  /// The size of the whole file, if known.
  private(set) var total: Int?
  /// Whether the bytes are from more than one response.
  private(set) var isPieced = false
  /// The ETag or modification time of the original.
  private(set) var validator: String?

  /// Whether the end of the bytes is known to be the end of the file.
  private(set) var isProven = true

  /// The partial file at `path`, created if it is missing.
  /// - Parameter isVerified: whether the finished file is compared with a checksum; otherwise only a strong ETag proves
  ///   that the rest belongs to the bytes so far.
  init(_ path: String, isVerified: Bool) throws(Failure) {
    trustsTimes = isVerified
    file = try OpenFile(writing: path, remedyWhenFull: remedyWhenFull)
    notePath = path + ".note"
    size = Int(try file.status().size)
    readNote()
    if !isResumable, !isComplete { size = 0 }
    isPieced = size > 0
    try file.truncate(to: size)
  }

  /// Whether the rest can be requested.
  var isResumable: Bool {
    guard let validator, trustsTimes || validator.hasPrefix("\""), let total else { return false }
    return size > 0 && size < total
  }
  /// Whether the file is complete.
  var isComplete: Bool { total.map { size == $0 } ?? false }

  /// Starts over with a version of the original that is `total` bytes long, if known.
  func begin(validator: String?, total: Int?) throws(Failure) {
    try discard()
    try checkSpace(for: total ?? 0)
    (self.validator, self.total) = (validator, total)
    let lines = [total.map { "total \($0)" }, validator.map { "validator \($0)" }].compactMap(\.self)
    try replaceText(at: notePath, with: lines.map { $0 + "\n" }.joined())
  }

  /// Continues after the bytes received so far.
  func resume() { isPieced = true }

  /// Discards the bytes and the note.
  func discard() throws(Failure) {
    try file.truncate(to: 0)
    unlink(notePath)
    (size, total, validator, isPieced, isProven) = (0, nil, nil, false, true)
  }

  /// Notes that nothing but the end of the connection marked the end of the bytes.
  func doubtEnd() { isProven = false }

  /// Refuses a size that the disk can't hold before it is filled.
  private func checkSpace(for bytes: Int) throws(Failure) {
    var status = statvfs()
    guard fstatvfs(file.descriptor.rawValue, &status) == 0, status.f_blocks > 0 else { return }
    let (free, isHuge) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    guard !isHuge, UInt64(bytes) > free else { return }
    throw Failure(
      .io, "needs \(bytes) bytes, but the disk has only \(free) left", at: file.path, remedy: remedyWhenFull)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    try file.write(bytes)
    size += bytes.count
  }

  /// Declares the bytes to be the whole file.
  func complete() { total = size }

  /// Gives the file its final name.
  func publish(as path: String) throws(Failure) {
    try file.synchronize()
    try move(file.path, to: path)
    unlink(notePath)
  }

  private func readNote() {
    for line in (OpenFile.smallText(at: notePath) ?? "").split(separator: "\n") {
      if line.hasPrefix("total ") { total = Int(line.dropFirst(6)) }
      if line.hasPrefix("validator ") { validator = String(line.dropFirst(10)) }
    }
  }
}

/// What to do if the disk of the cache is full.
private let remedyWhenFull = "free some space, or name another folder with --cache"

/// Writes a small text to `path` atomically.
func replaceText(at path: String, with text: String) throws(Failure) {
  let temporary = "\(path).\(getpid()).new"
  let file = try OpenFile(writing: temporary, truncating: true, remedyWhenFull: remedyWhenFull)
  do throws(Failure) {
    try file.write(text)
    try move(temporary, to: path)
  } catch {
    unlink(temporary)
    throw error
  }
}

/// Renames a file, replacing an existing one.
private func move(_ source: String, to target: String) throws(Failure) {
  guard rename(source, target) == 0 else {
    throw Failure(.cantCreate, "can't be written: \(Errno.last.text)", at: target)
  }
}
