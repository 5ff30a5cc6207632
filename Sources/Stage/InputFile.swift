// One input: standard input or a file, its bytes counted and hashed as they are read.

import Failures
import Glibc
import Hashing
import TensorFile

/// A source of bytes that remembers what was read from it.
package final class InputFile: ByteSource {
  private let descriptor: Int32
  private var base: FileSource
  private let digest = MessageDigest()

  /// The path as the user gave it; nil for standard input.
  let path: String?
  /// Whether the bytes themselves are hashed; not so for streams, whose documents are.
  var hashesBytes = true
  /// Whether the end was reached.
  private(set) var isExhausted = false
  /// How many bytes were read so far.
  private(set) var bytesRead = 0

  /// Opens `path` (nil or `-`: standard input).
  /// - Parameter typed: whether a person at a terminal may type the input.
  /// - Throws: `Failure` of kind `noInput` where there is nothing to read, `usage` where standard input is a
  ///   terminal.
  package init(_ path: String?, typed: Bool) throws {
    self.path = path == "-" ? nil : path
    if let path = self.path {
      descriptor = try InputFile.open(path)
    } else {
      try InputFile.checkStandardInput(typed: typed && path == "-")
      descriptor = 0
    }
    base = FileSource(descriptor: descriptor)
  }

  /// The file itself, for readers that go over it more than once.
  package var origin: FileOrigin? { base.origin }

  deinit { if path != nil { _ = Glibc.close(descriptor) } }

  /// What error messages call it.
  var name: String { path ?? "standard input" }

  /// Up to `count` bytes; none at the end.
  package func read(upTo count: Int) throws -> [UInt8] {
    do {
      let bytes = try base.read(upTo: count)
      try note(bytes)
      return bytes
    } catch let failure as Failure {
      throw failure.placed(at: name)
    }
  }

  /// The SHA-256 of the bytes in hexadecimal, once all of them were read.
  package private(set) var sha256: String?

  private func note(_ bytes: [UInt8]) throws {
    bytesRead += bytes.count
    if hashesBytes, !bytes.isEmpty { try digest.update(bytes) }
    guard bytes.isEmpty, !isExhausted else { return }
    isExhausted = true
    if hashesBytes { sha256 = hexadecimal(try digest.finish()) }
  }

  private static func open(_ path: String) throws -> Int32 {
    do {
      if let status = FileStatus(path: path), status.isDirectory { throw SystemError(code: EISDIR) }
      return try Descriptor.open(path, O_RDONLY)
    } catch let error as SystemError {
      throw Failure(
        .noInput, error.code == ENOENT ? "no such file" : "can't be read: \(error.text)", at: path)
    }
  }

  private static func checkStandardInput(typed: Bool) throws {
    let flags = fcntl(0, F_GETFL)
    guard flags >= 0, flags & O_ACCMODE != O_WRONLY else {
      throw Failure(.noInput, "is closed", at: "standard input", remedy: "name a FILE")
    }
    guard typed || !Terminal.isTerminal(0) else {
      throw Failure.usage("no input: standard input is a terminal", remedy: "name a FILE, or pipe data in")
    }
  }
}
