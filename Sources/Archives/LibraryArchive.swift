// Reading archives with libarchive.

import CArchive
import Failures

/// An archive opened with libarchive.
final class LibraryArchive {
  /// The expected contents of the file.
  enum Form {
    /// The bytes of a compressed file that is not an archive: its content is the one member.
    case compressed(any Feed)
    /// A zip, whose directory at the end is required.
    case zip
    /// A tar, whose bytes come from a feed.
    case tar(any Feed)
  }

  private let library: LibArchive
  private let handle: OpaquePointer
  private let name: String
  private let remedy: String
  /// Whether it is a compressed file rather than an archive.
  private let isCompressed: Bool
  private let feed: FeedContext?

  /// - Parameters:
  ///   - name: the archive's name in error messages.
  ///   - remedy: what to do if it is damaged.
  /// - Throws: `Failure.data` if the file is not of that form, `Failure` (unavailable) if there is no
  ///   libarchive.
  init(
    _ form: Form, path: String, named name: String,
    remedy: String = "fetch it again, with --refresh if it is in the cache"
  ) throws(Failure) {
    let library = try LibArchive.load()
    self.library = library
    guard let handle = library.read_new() else { throw Failure(.software, "libarchive can't be initialized") }
    self.handle = handle
    self.name = name
    self.remedy = remedy
    isCompressed = if case .compressed = form { true } else { false }
    let code: Int32
    switch form {
    case .compressed(let source):
      feed = FeedContext(source)
      LibraryArchive.supportFilters(handle, library)
      _ = library.read_support_format_raw(handle)
      _ = library.read_support_format_empty(handle)
      code = LibraryArchive.open(handle, feed, library)
    case .zip:
      feed = nil
      _ = library.read_support_format_zip_seekable(handle)
      code = library.read_open_filename(handle, path, 1 << 16)
    case .tar(let source):
      feed = FeedContext(source)
      _ = library.read_support_format_tar(handle)
      code = LibraryArchive.open(handle, feed, library)
    }
    if code != ARCHIVE_OK { throw failure() }
    if isCompressed, library.filter_count(handle) < 2 {
      throw .data("is truncated: it ends before its compressed data begins", at: name, remedy: remedy)
    }
  }

  deinit { _ = library.read_free(handle) }

  private static func open(_ handle: OpaquePointer, _ feed: FeedContext?, _ library: LibArchive) -> Int32 {
    let pointer = feed.map { Unmanaged.passUnretained($0).toOpaque() }
    return library.read_open(handle, pointer, nil, feedArchive, nil)
  }

  /// Filters that don't need external programs.
  private static func supportFilters(_ handle: OpaquePointer, _ library: LibArchive) {
    _ = library.read_support_filter_bzip2(handle)
    _ = library.read_support_filter_xz(handle)
    _ = library.read_support_filter_compress(handle)
  }

  /// The next entry, valid until the one after; nil at the end.
  func next() throws(Failure) -> LibraryEntry? {
    var entry: OpaquePointer?
    let code = library.read_next_header(handle, &entry)
    if code == ARCHIVE_EOF { return nil }
    // A warning concerns names in other alphabets, which are used unchanged.
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw failure() }
    return LibraryEntry(entry, library)
  }

  /// Bytes of the current entry; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
    while true {
      let count = library.read_data(handle, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      if count != Int(ARCHIVE_RETRY) { throw failure() }
    }
  }

  /// Whether the feed has unused bytes after the end of the data.
  func hasUnusedBytes() throws(Failure) -> Bool {
    guard let feed else { return false }
    let used = library.filter_bytes(handle, -1)
    while feed.next() > 0 {}
    if let thrown = feed.thrown { throw thrown }
    return feed.total > used
  }

  /// Whether a tar ended with its end mark rather than at the end of the file.
  var hasEndMark: Bool { library.filter_bytes(handle, 0) > library.read_header_position(handle) }

  private func failure() -> Failure {
    if let thrown = feed?.thrown { return thrown }
    let words = library.error_string(handle).map { String(cString: $0) } ?? "unknown error"
    // liblzma's message for input that ends too early or is followed by other bytes.
    if isCompressed, words.contains("No progress is possible") {
      return .data("is truncated, or other bytes follow its compressed data", at: name, remedy: remedy)
    }
    return .data(
      "is damaged\(isCompressed ? " or truncated" : ", truncated or not an archive"): \(words)", at: name,
      remedy: remedy)
  }
}

/// A feed as passed to libarchive's callback.
private final class FeedContext {
  let feed: any Feed
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  var thrown: Failure?
  /// The number of bytes read from the feed.
  private(set) var total: Int64 = 0

  init(_ feed: any Feed) { self.feed = feed }
  deinit { buffer.deallocate() }

  func next() -> Int {
    do throws(Failure) {
      let count = try feed.read(into: buffer)
      total += Int64(count)
      return count
    } catch {
      thrown = error
      return -1
    }
  }
}

private func feedArchive(
  _ handle: OpaquePointer?, _ context: UnsafeMutableRawPointer?,
  _ bytes: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
  guard let context, let bytes else { return -1 }
  let feed = Unmanaged<FeedContext>.fromOpaque(context).takeUnretainedValue()
  bytes.pointee = UnsafeRawPointer(feed.buffer.baseAddress)
  return feed.next()
}
