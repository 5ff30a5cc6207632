// An input: standard input or a file, whose bytes are counted and hashed as they are read.

import ByteStreams
import Failures
import Hashing
import OperatingSystem
import SystemPackage

/// A source of bytes that counts and hashes what is read.
package final class InputFile: ByteSource {
  /// Nil for standard input.
  private let file: OpenFile?
  private var base: FileSource
  private let digest = MessageDigest()

  /// The path as the user gave it; nil for standard input.
  let path: String?
  /// Whether the bytes themselves are hashed; false for streams, whose documents are hashed instead.
  var hashesBytes = true
  /// Whether the end was reached.
  private(set) var isExhausted = false
  /// What is known of the input before it has been read to its end.
  let progress: InputProgress

  /// The number of bytes read so far.
  var bytesRead: Int { progress.bytesRead }

  /// Opens `path` (nil or `-`: standard input).
  /// - Parameter typed: whether input typed at a terminal is allowed.
  /// - Throws: `Failure` of kind `noInput` if there is nothing to read, `usage` if standard input is a
  ///   terminal.
  package init(_ path: String?, typed: Bool) throws {
    self.path = filePath(path)
    file = try self.path.map { try OpenFile(reading: $0) }
    if file == nil { try InputFile.checkStandardInput(typed: typed && path == "-") }
    base = FileSource(file?.descriptor ?? .standardInput)
    let status = try? (file?.descriptor ?? .standardInput).stat()
    progress = InputProgress(size: status.flatMap { $0.type == .regular ? Int($0.size) : nil })
  }

  /// The beginning of a regular file, for readers that read it more than once.
  package var start: FilePosition? { base.start }

  /// The name used in error messages.
  var name: String { inputName(path) }

  /// Up to `count` bytes; none at the end.
  /// - Throws: `Failure` (data) if there is nothing at all, which no stage has a use for.
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
  package var sha256: String? { progress.sha256 }

  private func note(_ bytes: [UInt8]) throws {
    let bytesRead = progress.add(bytes.count)
    if hashesBytes, !bytes.isEmpty { try digest.update(bytes) }
    guard bytes.isEmpty, !isExhausted else { return }
    isExhausted = true
    if bytesRead == 0 {
      throw file == nil
        ? Failure.data("no input", remedy: "did the command before it fail?")
        : Failure.data("no input: the file is empty")
    }
    guard hashesBytes else { return }
    progress.sha256 = hexadecimal(try digest.finish())
  }

  private static func checkStandardInput(typed: Bool) throws {
    guard StandardStreams.isOpen(.standardInput, for: .readOnly) else {
      throw Failure(.noInput, "is closed", at: inputName(nil), remedy: "name a FILE")
    }
    guard typed || !FileDescriptor.standardInput.isTerminal else {
      throw Failure.usage("no input: standard input is a terminal", remedy: "name a FILE, or pipe data in")
    }
  }
}
