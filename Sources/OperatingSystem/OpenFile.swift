// Open files, with errors that users can read.

import Failures
import SystemPackage

/// An open file, closed when no longer referenced. Its failures name the file.
public final class OpenFile: Sendable {
  /// The open descriptor.
  public let descriptor: FileDescriptor
  /// The path with which it was opened.
  public let path: String
  private let remedyWhenFull: String

  /// Opens a file for reading.
  /// - Throws: `Failure` of kind `noInput`.
  public init(reading path: String) throws(Failure) {
    do throws(Errno) {
      descriptor = try withErrno {
        let opened = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        if try opened.stat().type == .directory {
          try opened.close()
          throw Errno.isDirectory
        }
        return opened
      }
    } catch {
      let problem = error == .noSuchFileOrDirectory ? "no such file" : "can't be read: \(error.text)"
      throw Failure(.noInput, problem, at: path)
    }
    self.path = path
    remedyWhenFull = "free some space"
  }

  /// Opens a file for reading and writing; creates it if it is missing.
  /// - Parameters:
  ///   - truncating: whether existing contents are discarded.
  ///   - remedyWhenFull: what to do if the disk is full.
  /// - Throws: `Failure` of kind `cantCreate`.
  public init(
    writing path: String, truncating: Bool = false, remedyWhenFull: String = "free some space"
  ) throws(Failure) {
    do throws(Errno) {
      descriptor = try withErrno {
        try FileDescriptor.open(
          path, .readWrite,
          options: truncating ? [.create, .closeOnExec, .truncate] : [.create, .closeOnExec],
          permissions: FilePermissions(rawValue: 0o644))
      }
    } catch {
      throw Failure(.cantCreate, "can't be written: \(error.text)", at: path)
    }
    self.path = path
    self.remedyWhenFull = remedyWhenFull
  }

  // A failing close loses nothing important, since callers flush first where it matters.
  deinit { try? descriptor.close() }

  /// The file's status.
  /// - Throws: `Failure` of kind `io`.
  public func status() throws(Failure) -> Stat {
    do throws(Errno) { return try descriptor.stat() } catch { throw readFailure(error) }
  }

  /// Reads into the beginning of `buffer`.
  /// - Returns: the number of bytes read; 0 at the end.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    do throws(Errno) {
      return try withErrno { try descriptor.read(into: buffer) }
    } catch {
      throw readFailure(error)
    }
  }

  /// Reads into the beginning of `buffer`.
  /// - Returns: the number of bytes read; 0 at the end.
  public func read(into buffer: inout [UInt8]) throws(Failure) -> Int {
    let count = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(Failure) in try read(into: bytes) }
    }
    return try count.get()
  }

  /// Writes all of `bytes` at the current position.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
    do throws(Errno) { _ = try withErrno { try descriptor.writeAll(bytes) } } catch {
      throw writeFailure(error)
    }
  }

  /// Writes `text` as UTF-8.
  public func write(_ text: String) throws(Failure) {
    try Array(text.utf8).withUnsafeBytes { bytes in Result { () throws(Failure) in try write(bytes) } }.get()
  }

  /// Truncates the file to `size` bytes and continues writing there.
  public func truncate(to size: Int) throws(Failure) {
    do throws(Errno) {
      try withErrno {
        try descriptor.resize(to: Int64(size))
        try descriptor.seek(offset: Int64(size), from: .start)
      }
    } catch {
      throw writeFailure(error)
    }
  }

  /// Flushes the file to disk.
  public func synchronize() throws(Failure) {
    do throws(Errno) { try descriptor.synchronize() } catch { throw writeFailure(error) }
  }

  private func readFailure(_ error: Errno) -> Failure {
    Failure(.io, "can't be read: \(error.text)", at: path)
  }

  private func writeFailure(_ error: Errno) -> Failure {
    Failure(
      .io, "can't be written: \(error.text)", at: path, remedy: error.isFullDisk ? remedyWhenFull : nil)
  }
}

extension OpenFile {
  /// The beginning of a small file, for example under `/proc`; nil if it can't be read.
  /// - Parameter limit: the maximum number of bytes to read.
  public static func smallText(at path: String, limit: Int = 1 << 14) -> String? {
    guard let file = try? OpenFile(reading: path) else { return nil }
    var buffer = [UInt8](repeating: 0, count: limit)
    guard let count = try? file.read(into: &buffer) else { return nil }
    return String(decoding: buffer.prefix(count), as: UTF8.self)
  }
}
