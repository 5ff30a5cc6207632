// One output: standard output, or a file that appears whole or not at all.

import Failures
import Glibc
import Hashing
import TensorFile

/// An output that bytes are written to. A regular file is written beside its place under a temporary name
/// and renamed in `finish()`; devices, pipes and standard output are written straight through.
public final class OutputFile: ByteSink {
  private enum Place {
    case standardOutput
    case through(path: String)
    case replacing(path: String, temporary: String)
  }

  private let place: Place
  private var descriptor: Int32
  private var buffer: [UInt8] = []
  /// Nil where nobody will ask for the hash.
  private let digest: MessageDigest?
  private var isFinished = false
  private let onFinish: (OutputFile) -> Void

  /// The path as the user gave it; nil for standard output.
  public let path: String?
  /// How many bytes were written so far.
  public private(set) var bytesWritten = 0

  /// Opens `path` (nil or `-`: standard output).
  /// - Throws: `Failure` of kind `cantCreate` where the file can't be written, `io` where standard output is
  ///   closed.
  /// - Parameter hashesBytes: whether `sha256` is wanted; not so of streams, whose documents are hashed.
  package init(
    _ path: String?, hashesBytes: Bool = true, onFinish: @escaping (OutputFile) -> Void = { _ in }
  ) throws {
    self.path = path == "-" ? nil : path
    digest = hashesBytes ? MessageDigest() : nil
    self.onFinish = onFinish
    guard let path = self.path else {
      try OutputFile.checkStandardOutput()
      (place, descriptor) = (.standardOutput, 1)
      return
    }
    do {
      (place, descriptor) = try OutputFile.open(path)
    } catch let error as SystemError {
      throw Failure(
        .cantCreate, "can't be written: \(error.text)", at: path,
        remedy: error.code == ENOENT ? "make its folder first" : nil)
    }
    buffer.reserveCapacity(bufferSize)
  }

  deinit { abandon() }

  /// What error messages call it.
  public var name: String { path ?? "standard output" }

  /// Appends `bytes`.
  /// - Throws: `ClosedPipe` where the reader has gone, `Failure` of kind `io` where writing fails.
  public func write(_ bytes: [UInt8]) throws {
    try digest?.update(bytes)
    bytesWritten += bytes.count
    if buffer.isEmpty, bytes.count >= bufferSize { return try flush(bytes) }
    buffer.append(contentsOf: bytes)
    if buffer.count >= bufferSize { try flush() }
  }

  /// Appends `text` as UTF-8.
  public func write(_ text: String) throws { try write(Array(text.utf8)) }

  /// Sends on what is still buffered, for outputs that someone watches.
  public func flush() throws {
    let bytes = buffer
    buffer.removeAll(keepingCapacity: true)
    try flush(bytes)
  }

  /// Completes the output: everything is on its way, and a file is on the disk under its name.
  public func finish() throws {
    guard !isFinished else { return }
    try flush()
    sha256 = try digest.map { hexadecimal(try $0.finish()) }
    do {
      try close()
    } catch let error as SystemError {
      throw Failure(.io, "can't be written: \(error.text)", at: name)
    }
    onFinish(self)
  }

  /// The SHA-256 of all bytes written, in hexadecimal, once the output is finished; nil where it was not wanted.
  public private(set) var sha256: String?

  private func close() throws {
    isFinished = true
    switch place {
    case .standardOutput: break
    case .through: try Descriptor.close(descriptor)
    case .replacing(let path, let temporary):
      defer { Temporaries.shared.discard(temporary) }
      try Descriptor.synchronize(descriptor)
      try Descriptor.close(descriptor)
      try Temporaries.shared.publish(temporary, as: path)
      try Descriptor.synchronize(directory: directory(of: path))
    }
  }

  private func flush(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    do {
      try Descriptor.write(bytes, to: descriptor)
    } catch let error as SystemError {
      if error.code == EPIPE { throw ClosedPipe() }
      throw Failure(.io, "can't be written: \(error.text)", at: name)
    }
  }

  /// Leaves no trace of an output that was never finished.
  private func abandon() {
    if isFinished { return }
    if case .standardOutput = place { return }
    _ = Glibc.close(descriptor)
    if case .replacing(_, let temporary) = place { Temporaries.shared.discard(temporary) }
  }
}

private let bufferSize = 1 << 16

// MARK: - Opening

extension OutputFile {
  /// Whether standard output can be written at all, before any work is done for it.
  static func checkStandardOutput() throws {
    let flags = fcntl(1, F_GETFL)
    guard flags >= 0, flags & O_ACCMODE != O_RDONLY else {
      throw Failure(.io, "is closed", at: "standard output", remedy: "name a file with -o FILE")
    }
  }

  /// Whether an output can be made at `path` (nil or `-`: standard output), before any work is done for it.
  /// Pipes and devices are left for their turn: to open one may mean to wait, or to begin.
  /// - Throws: as `init`.
  static func check(_ path: String?) throws {
    guard let path, path != "-" else { return try checkStandardOutput() }
    if let status = FileStatus(path: path), !status.isRegular, !status.isDirectory { return }
    _ = try OutputFile(path, hashesBytes: false)
  }

  private static func open(_ path: String) throws -> (Place, Int32) {
    let status = FileStatus(path: path)
    if let status, status.isDirectory { throw SystemError(code: EISDIR) }
    if let status, !status.isRegular { return (.through(path: path), try Descriptor.open(path, O_WRONLY)) }
    let target = resolvedLinks(path)
    if status != nil, access(target, W_OK) != 0 { throw SystemError.last }
    let (temporary, descriptor) = try createTemporary(in: directory(of: target))
    if let status { fchmod(descriptor, status.permissions) }
    return (.replacing(path: target, temporary: temporary), descriptor)
  }

  private static func createTemporary(in directory: String) throws -> (String, Int32) {
    while true {
      let path = "\(directory)/.rnn-\(String(UInt64.random(in: 0...(.max)), radix: 36)).tmp"
      do {
        return (path, try Temporaries.shared.create(path, permissions: 0o666))
      } catch let error as SystemError where error.code == EEXIST {
        continue
      }
    }
  }
}
