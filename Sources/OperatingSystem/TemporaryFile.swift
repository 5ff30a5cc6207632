// A temporary file without a name, which disappears with the process, however it ends.

import Failures
import Glibc
import SystemPackage

/// An unlinked file in `$TMPDIR`, else `/tmp`.
public final class TemporaryFile: Sendable {
  /// The open descriptor; its position is where the next bytes are written.
  public let descriptor: FileDescriptor
  private let folder: String

  /// The folder for temporary files: `$TMPDIR`, else `/tmp`.
  public static var folder: String { environment("TMPDIR") ?? "/tmp" }

  /// - Throws: `Failure` of kind `cantCreate` if no file can be created there.
  public init() throws(Failure) {
    folder = Self.folder
    var path = Array("\(folder)/rnnpipe-XXXXXX".utf8CString)
    let created = mkstemp(&path)
    guard created >= 0 else {
      throw Failure(
        .cantCreate, "a temporary file can't be created: \(Errno.last.text)", at: folder,
        remedy: "set TMPDIR to a writable folder")
    }
    unlink(path)
    _ = fcntl(created, F_SETFD, FD_CLOEXEC)
    descriptor = FileDescriptor(rawValue: created)
  }

  deinit { try? descriptor.close() }

  /// A path to the open file, for libraries and programs that need one.
  public var path: String { "/proc/self/fd/\(descriptor.rawValue)" }

  /// Appends bytes.
  /// - Throws: `Failure` of kind `io`, for example if the disk is full.
  public func append(_ bytes: [UInt8]) throws(Failure) {
    do throws(Errno) {
      _ = try withErrno { try descriptor.writeAll(bytes) }
    } catch {
      throw writeFailure(error)
    }
  }

  /// Fills `range` of `bytes` with what is in the file from `offset` on.
  /// - Throws: `Failure` of kind `io`, also if the file is shorter.
  public func read(at offset: Int, into bytes: inout [UInt8], _ range: Range<Int>) throws(Failure) {
    var done = range.lowerBound
    do throws(Errno) {
      while done < range.upperBound {
        let count = try withErrno {
          try bytes.withUnsafeMutableBytes { all in
            try descriptor.read(
              fromAbsoluteOffset: Int64(offset + done - range.lowerBound),
              into: UnsafeMutableRawBufferPointer(rebasing: all[done..<range.upperBound]))
          }
        }
        guard count > 0 else { throw Errno.ioError }
        done += count
      }
    } catch {
      throw Failure(.io, "a temporary file can't be read: \(error.text)", at: folder)
    }
  }

  /// Writes bytes at an offset, which may be beyond the end; `append` continues where it was.
  /// - Throws: `Failure` of kind `io`, for example if the disk is full.
  public func write(_ bytes: ArraySlice<UInt8>, at offset: Int) throws(Failure) {
    do throws(Errno) {
      _ = try withErrno { try descriptor.writeAll(toAbsoluteOffset: Int64(offset), bytes) }
    } catch {
      throw writeFailure(error)
    }
  }

  /// Up to `count` bytes from an offset; fewer only at the end of the file.
  /// - Throws: `Failure` of kind `io`.
  public func bytes(at offset: Int, count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    do throws(Errno) {
      while filled < count,
        case let more = try withErrno({ try read(at: offset + filled, into: &bytes[filled...]) }),
        more > 0
      { filled += more }
    } catch {
      throw Failure(.io, "a temporary file can't be read: \(error.text)", at: folder)
    }
    return filled == count ? bytes : Array(bytes[..<filled])
  }

  /// The number of bytes in the file.
  /// - Throws: `Failure` of kind `io`.
  public func size() throws(Failure) -> Int {
    do throws(Errno) { return Int(try descriptor.stat().size) } catch {
      throw Failure(.io, "a temporary file can't be read: \(error.text)", at: folder)
    }
  }

  private func writeFailure(_ error: Errno) -> Failure {
    Failure(
      .io, "a temporary file can't be written: \(error.text)", at: folder,
      remedy: error.isFullDisk ? "free some space, or set TMPDIR to a larger folder" : nil)
  }

  /// Seeks to the beginning, for a program that reads the file from the descriptor.
  public func rewind() throws(Failure) {
    do throws(Errno) {
      _ = try withErrno { try descriptor.seek(offset: 0, from: .start) }
    } catch {
      throw Failure(.io, "a temporary file can't be read: \(error.text)", at: folder)
    }
  }

  /// Everything in the file.
  public func contents() throws(Failure) -> [UInt8] {
    var (all, block) = ([UInt8](), [UInt8](repeating: 0, count: 1 << 16))
    do throws(Errno) {
      while case let count = try withErrno({ try read(at: all.count, into: &block[...]) }), count > 0 {
        all += block[..<count]
      }
    } catch {
      throw Failure(.io, "a temporary file can't be read: \(error.text)", at: folder)
    }
    return all
  }

  private func read(at offset: Int, into block: inout ArraySlice<UInt8>) throws -> Int {
    try block.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: Int64(offset), into: $0) }
  }
}
