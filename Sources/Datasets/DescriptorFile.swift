// Files by their descriptors: opening, reading, writing, locking, with errors in words.

import Failures
import Glibc

/// An open file, closed when nobody holds it any more.
final class DescriptorFile {
  let descriptor: Int32
  let path: String

  /// Opens a file to read.
  /// - Throws: `Failure` of kind `noInput`.
  convenience init(reading path: String) throws(Failure) {
    let opened = open(path, O_RDONLY | O_CLOEXEC)
    guard opened >= 0 else {
      let (problem, code) = (systemError(), errno)
      throw Failure(.noInput, code == ENOENT ? "no such file" : "can't be read: \(problem)", at: path)
    }
    self.init(descriptor: opened, path: path)
    if isFolder { throw Failure(.noInput, "is a folder", at: path, remedy: "name a file or an archive") }
  }

  /// Opens a file to write, made where it is missing.
  /// - Throws: `Failure` of kind `cantCreate`.
  convenience init(writing path: String, flags: Int32 = 0) throws(Failure) {
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | flags, 0o644)
    guard opened >= 0 else { throw Failure(.cantCreate, "can't be written: \(systemError())", at: path) }
    self.init(descriptor: opened, path: path)
  }

  private init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  deinit { close(descriptor) }

  private var isFolder: Bool {
    var status = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Fills `buffer` from its start; returns how many bytes came, 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if errno != EINTR { throw Failure(.io, "can't be read: \(systemError())", at: path) }
    }
  }

  /// Fills `buffer` from its start; returns how many bytes came, 0 at the end.
  func read(into buffer: inout [UInt8]) throws(Failure) -> Int {
    let count = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(Failure) in try read(into: bytes) }
    }
    return try count.get()
  }

  /// Writes all of `bytes` where the file's position is.
  func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw writeFailure() }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Writes `text` as UTF-8.
  func write(_ text: String) throws(Failure) {
    try Array(text.utf8).withUnsafeBytes { bytes in Result { () throws(Failure) in try write(bytes) } }.get()
  }

  /// Cuts the file to `size` bytes and goes on writing there.
  func cut(to size: Int) throws(Failure) {
    guard ftruncate(descriptor, off_t(size)) == 0, lseek(descriptor, off_t(size), SEEK_SET) >= 0 else {
      throw writeFailure()
    }
  }

  /// Has everything on the disk.
  func synchronize() throws(Failure) {
    while fsync(descriptor) != 0 {
      if errno != EINTR { throw writeFailure() }
    }
  }

  private func writeFailure() -> Failure {
    let remedy = errno == ENOSPC || errno == EDQUOT ? "make room, or name another folder with --cache" : nil
    return Failure(.io, "can't be written: \(systemError())", at: path, remedy: remedy)
  }
}

/// The system's words for what has just failed, begun in lower case to stand in a line.
func systemError() -> String {
  let words = String(cString: strerror(errno))
  return words.prefix(1).lowercased() + words.dropFirst()
}

/// The size of the file at `path`; nil where there is none.
func fileSize(_ path: String) -> Int? {
  var status = stat()
  return stat(path, &status) == 0 ? Int(status.st_size) : nil
}

/// Puts a small text at `path`, whole or not at all.
func replaceText(at path: String, with text: String) throws(Failure) {
  let temporary = "\(path).\(getpid()).new"
  let file = try DescriptorFile(writing: temporary, flags: O_TRUNC)
  do throws(Failure) {
    try file.write(text)
    try move(temporary, to: path)
  } catch {
    unlink(temporary)
    throw error
  }
}

/// Renames a file, over another that is there.
func move(_ source: String, to target: String) throws(Failure) {
  guard rename(source, target) == 0 else {
    throw Failure(.cantCreate, "can't be written: \(systemError())", at: target)
  }
}

/// The text of a small file; nil where it can't be read.
func smallText(at path: String) -> String? {
  guard let file = try? DescriptorFile(reading: path) else { return nil }
  var buffer = [UInt8](repeating: 0, count: 1 << 14)
  guard let count = try? file.read(into: &buffer) else { return nil }
  return String(decoding: buffer.prefix(count), as: UTF8.self)
}
