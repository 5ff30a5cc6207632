// A download on its way: the bytes that are here, and what has to be known to fetch the rest.

import Failures
import Glibc
import OperatingSystem
import SystemPackage

/// A file that grows, and beside it a note of which state of the original its bytes are from. The bytes are
/// always a beginning of that state, whenever the process ends.
final class PartialFile {
  private let file: OpenFile
  private let notePath: String
  /// Bytes that are here.
  private(set) var size: Int
  /// How long the whole file is, where that is known.
  private(set) var total: Int?
  /// Whether the bytes came in more than one answer.
  private(set) var isPieced = false
  /// The ETag or time of modification of the original.
  private(set) var validator: String?

  /// The partial file at `path`, made where it is missing.
  init(_ path: String) throws(Failure) {
    file = try OpenFile(writing: path, remedyWhenFull: remedyWhenFull)
    notePath = path + ".note"
    size = Int(try file.status().size)
    readNote()
    if !isResumable, !isComplete { size = 0 }
    isPieced = size > 0
    try file.truncate(to: size)
  }

  /// Whether the rest can be asked for.
  var isResumable: Bool { size > 0 && validator != nil && (total.map { size < $0 } ?? false) }
  /// Whether all bytes are here.
  var isComplete: Bool { total.map { size == $0 } ?? false }

  /// Starts anew with a state of the original that is `total` bytes long, if that is known.
  func begin(validator: String?, total: Int?) throws(Failure) {
    try discard()
    (self.validator, self.total) = (validator, total)
    let lines = [total.map { "total \($0)" }, validator.map { "validator \($0)" }].compactMap(\.self)
    try replaceText(at: notePath, with: lines.map { $0 + "\n" }.joined())
  }

  /// Goes on behind the bytes that are here.
  func goOn() { isPieced = true }

  /// Drops the bytes and what is known of them.
  func discard() throws(Failure) {
    try file.truncate(to: 0)
    unlink(notePath)
    (size, total, validator, isPieced) = (0, nil, nil, false)
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    try file.write(bytes)
    size += bytes.count
  }

  /// Says that the bytes here are the whole file.
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

/// What to do where the disk of the cache is full.
private let remedyWhenFull = "free some space, or name another folder with --cache"

/// Puts a small text at `path`, whole or not at all.
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

/// Renames a file, over another that is there.
private func move(_ source: String, to target: String) throws(Failure) {
  guard rename(source, target) == 0 else {
    throw Failure(.cantCreate, "can't be written: \(Errno.last.text)", at: target)
  }
}
