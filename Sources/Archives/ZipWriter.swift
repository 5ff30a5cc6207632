// Writing zip archives with libarchive: members are stored without compression, and the bytes don't depend on the
// time or the machine.

import CArchive
import Failures

/// A zip archive being written.
public final class ZipWriter {
  private let library: LibArchive
  private let archive: OpaquePointer
  private let output: Output

  /// The destination of libarchive's bytes; an error is stored, since C can't propagate it.
  private final class Output {
    let sink: ([UInt8]) throws -> Void
    var error: (any Error)?
    init(_ sink: @escaping ([UInt8]) throws -> Void) { self.sink = sink }
  }

  /// Begins an archive that is written to `sink`.
  public init(_ sink: @escaping ([UInt8]) throws -> Void) throws {
    library = try LibArchive.load()
    guard let archive = library.write_new() else {
      throw Failure(.outOfMemory, "not enough memory to write a zip archive")
    }
    self.archive = archive
    output = Output(sink)
    _ = library.write_set_format_zip(archive)
    _ = library.write_zip_set_compression_store(archive)
    _ = library.write_set_bytes_in_last_block(archive, 1)
    let context = Unmanaged.passUnretained(output).toOpaque()
    try check(
      library.write_open(
        archive, context, nil,
        { _, context, bytes, count in ZipWriter.pass(context, bytes, count) }, nil))
  }

  deinit { _ = library.write_free(archive) }

  /// libarchive's write callback: returns the count if the bytes were written, else -1.
  private static func pass(_ context: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int)
    -> Int
  {
    guard let context, let bytes else { return -1 }
    let output = Unmanaged<Output>.fromOpaque(context).takeUnretainedValue()
    do {
      try output.sink(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
      return count
    } catch {
      output.error = error
      return -1
    }
  }

  /// Begins a member of `size` bytes.
  public func begin(_ name: String, size: Int) throws {
    guard let entry = library.entry_new() else {
      throw Failure(.outOfMemory, "not enough memory to write a zip archive")
    }
    defer { library.entry_free(entry) }
    library.entry_set_pathname_utf8(entry, name)
    library.entry_set_size(entry, Int64(size))
    library.entry_set_filetype(entry, UInt32(S_IFREG))
    library.entry_set_perm(entry, 0o644)
    // The earliest time that a zip archive can represent.
    library.entry_set_mtime(entry, 315_532_800, 0)
    try check(library.write_header(archive, entry))
  }

  /// Appends to the member.
  public func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { raw in
        library.write_data(archive, raw.baseAddress?.advanced(by: written), raw.count - written)
      }
      guard count > 0 else { throw failure }
      written += count
    }
  }

  /// Ends the archive.
  public func finish() throws {
    try check(library.write_finish_entry(archive))
    try check(library.write_close(archive))
  }

  private func check(_ code: Int32) throws {
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN else { throw failure }
  }

  private var failure: any Error {
    if let error = output.error { return error }
    let text = library.error_string(archive).map { String(cString: $0) } ?? "unknown error"
    return Failure(.io, "the zip archive can't be written: \(text)")
  }
}
