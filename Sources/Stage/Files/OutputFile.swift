// An output: standard output, or a file that is created atomically.

import ByteStreams
import Failures
import Glibc
import Hashing
import OperatingSystem
import SystemPackage

/// An output of bytes. A regular file is written under a temporary name in the same folder and renamed in `finish()`;
/// devices, pipes and standard output are written directly.
public final class OutputFile: ByteSink {
  private enum Place {
    case standardOutput
    case through(path: String)
    case replacing(path: String, temporary: String)
  }

  private let place: Place
  private let descriptor: FileDescriptor
  private var buffer: [UInt8] = []
  /// Nil if the hash is not needed.
  private let digest: MessageDigest?
  private var isFinished = false
  private let onFinish: (OutputFile) -> Void
  private let isResult: Bool
  /// Nil unless the output is a terminal.
  private var filter: TerminalFilter?

  /// The path as the user gave it; nil for standard output.
  public let path: String?
  /// The number of bytes written so far.
  public private(set) var bytesWritten = 0

  /// Opens `path` (nil or `-`: standard output).
  /// - Throws: `Failure` of kind `cantCreate` if the file can't be written, `io` if standard output is
  ///   closed.
  /// - Parameters:
  ///   - hashesBytes: whether `sha256` is needed; false for streams, whose documents are hashed instead.
  ///   - isResult: whether the run is done once it is complete; false for checkpoints.
  ///   - isColored: whether text for a terminal contains colors, and is otherwise safe to print.
  package init(
    _ path: String?, hashesBytes: Bool = true, isResult: Bool = true, isColored: Bool = false,
    onFinish: @escaping (OutputFile) -> Void = { _ in }
  ) throws {
    self.path = filePath(path)
    self.isResult = isResult
    digest = hashesBytes ? MessageDigest() : nil
    self.onFinish = onFinish
    guard let path = self.path else {
      try OutputFile.checkStandardOutput()
      (place, descriptor) = (.standardOutput, .standardOutput)
      filter = StandardStreams.outputIsTerminal ? Self.filter(descriptor, isColored) : nil
      return
    }
    do {
      (place, descriptor) = try OutputFile.open(path)
    } catch let error as Errno {
      throw Failure(
        .cantCreate, "can't be written: \(error.text)", at: path,
        remedy: error == .noSuchFileOrDirectory ? "create its folder first" : nil)
    }
    filter = Self.filter(descriptor, isColored)
    buffer.reserveCapacity(bufferSize)
  }

  private static func filter(_ descriptor: FileDescriptor, _ isColored: Bool) -> TerminalFilter? {
    descriptor.isTerminal ? TerminalFilter(keepsColors: isColored) : nil
  }

  deinit { abandon() }

  /// The name used in error messages.
  public var name: String { outputName(path) }

  /// Appends `bytes`.
  /// - Throws: `ClosedPipe` if the reader has closed the pipe, `Failure` of kind `io` if writing fails.
  public func write(_ bytes: [UInt8]) throws { try write(bytes, hashedAs: bytes) }

  /// Appends `bytes`, and hashes `content` instead of them.
  func write(_ bytes: [UInt8], hashedAs content: [UInt8]) throws {
    try digest?.update(content)
    bytesWritten += bytes.count
    if buffer.isEmpty, bytes.count >= bufferSize { return try flush(bytes) }
    buffer.append(contentsOf: bytes)
    if buffer.count >= bufferSize { try flush() }
  }

  /// Appends `text` as UTF-8.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Flushes the buffer, for outputs that are read as they are written.
  public func flush() throws {
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try flush(bytes)
  }

  /// Completes the output: writes everything, and gives a file its final name.
  public func finish() throws {
    guard !isFinished else { return }
    try flush()
    if let rest = filter?.finish() { try send(rest) }
    sha256 = try digest.map { hexadecimal(try $0.finish()) }
    do {
      try close()
    } catch let error as Errno {
      throw Failure(.io, "can't be written: \(error.text)", at: name)
    }
    onFinish(self)
    try flushFolder()
  }

  /// The SHA-256 of all bytes written, in hexadecimal, once the output is finished; nil if it was not requested.
  public private(set) var sha256: String?

  private func close() throws {
    isFinished = true
    switch place {
    case .standardOutput: break
    case .through: try closeDescriptor()
    case .replacing(let path, let temporary):
      defer { TemporaryOutputs.shared.discard(temporary) }
      try descriptor.synchronize()
      try closeDescriptor()
      return try TemporaryOutputs.shared.publish(temporary, as: path, isResult: isResult)
    }
    if isResult { TemporaryOutputs.shared.notePublished() }
  }

  /// Makes the file's new name durable. If that fails, the new file is there nevertheless.
  private func flushFolder() throws {
    guard case .replacing(let path, _) = place else { return }
    do {
      try synchronizeDirectory(directory(of: path))
    } catch {
      throw Failure(
        .io, "was written, but its folder can't be flushed to disk: \(error.text)", at: name,
        remedy: "the file is complete, but check it after a power failure")
    }
  }

  /// After an interrupted close the descriptor is closed too: Linux always releases it.
  private func closeDescriptor() throws {
    do { try descriptor.close() } catch Errno.interrupted {}
  }

  private func flush(_ bytes: [UInt8]) throws { try send(filter?.escape(bytes) ?? bytes) }

  private func send(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    do {
      try descriptor.writeAll(bytes)
    } catch let error as Errno {
      if error == .brokenPipe { throw ClosedPipe() }
      throw Failure(.io, "can't be written: \(error.text)", at: name)
    }
  }

  /// Removes all traces of an output that was never finished.
  private func abandon() {
    if isFinished { return }
    if case .standardOutput = place { return }
    try? descriptor.close()
    if case .replacing(_, let temporary) = place { TemporaryOutputs.shared.discard(temporary) }
  }
}

private let bufferSize = 1 << 16

// MARK: - Opening

extension OutputFile {
  /// Checks that standard output is open, before any work is done.
  static func checkStandardOutput() throws {
    guard StandardStreams.isOpen(.standardOutput, for: .writeOnly) else {
      throw Failure(.io, "is closed", at: outputName(nil), remedy: "name a file with -o FILE")
    }
  }

  /// Checks that an output can be created at `path` (nil or `-`: standard output), before any work is done. Pipes and
  /// devices are not opened, since this may block or have side effects.
  /// - Throws: as `init`.
  static func check(_ path: String?) throws {
    guard let path = filePath(path) else { return try checkStandardOutput() }
    if isPipeOrDevice(path) { return }
    _ = try OutputFile(path, hashesBytes: false)
  }

  private static func open(_ path: String) throws -> (Place, FileDescriptor) {
    let status = try status(of: path)
    switch status?.type {
    case .directory: throw Errno.isDirectory
    case nil, .regular: break
    default: return (.through(path: path), try FileDescriptor.open(path, .writeOnly, options: .closeOnExec))
    }
    let target = resolvingLinks(path)
    if status != nil, access(target, W_OK) != 0 { throw Errno.last }
    let (temporary, descriptor) = try createTemporary(in: directory(of: target))
    if let status { fchmod(descriptor.rawValue, status.permissions.rawValue) }
    return (.replacing(path: target, temporary: temporary), descriptor)
  }

  /// The status of the file to be replaced; nil if there is none. Any other error, such as that of a name that is too
  /// long, would recur when the finished file gets its name.
  private static func status(of path: String) throws -> Stat? {
    do { return try Stat(path) } catch Errno.noSuchFileOrDirectory { return nil }
  }

  private static func createTemporary(in directory: String) throws -> (String, FileDescriptor) {
    AbandonedOutputs.remove(from: directory)
    while true {
      let path = AbandonedOutputs.newPath(in: directory)
      do {
        return (path, try TemporaryOutputs.shared.create(path, permissions: FilePermissions(rawValue: 0o666)))
      } catch Errno.fileExists {
        continue
      }
    }
  }
}

/// Whether there is something other than a regular file or a directory at `path`.
func isPipeOrDevice(_ path: String) -> Bool {
  guard let type = try? Stat(path).type else { return false }
  return type != .regular && type != .directory
}
