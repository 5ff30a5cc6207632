// libarchive behind a small interface: the only code here that talks to it.

import Archives
import CArchive
import Failures

/// An open archive of libarchive.
final class LibraryArchive {
  /// What is expected in the file.
  enum Form {
    /// A compressed file that is no archive: its content is the one member.
    case compressed
    /// A zip, whose directory at the end is required.
    case zip
    /// A tar, whose bytes come from a feed.
    case tar(any Feed)
  }

  private let library: LibArchive
  private let handle: OpaquePointer
  private let path: String
  private let feed: FeedContext?

  /// - Throws: `Failure.data` where the file is not of that form, `Failure` (unavailable) where there is no
  ///   libarchive.
  init(_ form: Form, path: String) throws(Failure) {
    let library = try LibArchive.load()
    self.library = library
    guard let handle = library.read_new() else { throw Failure(.software, "libarchive can't be started") }
    self.handle = handle
    self.path = path
    let code: Int32
    switch form {
    case .compressed:
      feed = nil
      LibraryArchive.supportFilters(handle, library)
      library.read_support_format_raw(handle)
      code = library.read_open_filename(handle, path, 1 << 16)
    case .zip:
      feed = nil
      library.read_support_format_zip_seekable(handle)
      code = library.read_open_filename(handle, path, 1 << 16)
    case .tar(let source):
      let context = FeedContext(source)
      feed = context
      library.read_support_format_tar(handle)
      let pointer = Unmanaged.passUnretained(context).toOpaque()
      code = library.read_open(handle, pointer, nil, feedArchive, nil)
    }
    if code != ARCHIVE_OK { throw failure() }
    if case .compressed = form, library.filter_count(handle) < 2 {
      throw .data(
        "is cut short: it ends before its compressed data begin", at: path,
        remedy: "fetch it again, with --refresh where it is in the cache")
    }
  }

  deinit { library.read_free(handle) }

  /// Filters without an outside program.
  private static func supportFilters(_ handle: OpaquePointer, _ library: LibArchive) {
    library.read_support_filter_bzip2(handle)
    library.read_support_filter_xz(handle)
    library.read_support_filter_zstd(handle)
    library.read_support_filter_compress(handle)
  }

  /// The next entry, valid until the one after; nil at the end.
  func next() throws(Failure) -> LibraryEntry? {
    var entry: OpaquePointer?
    let code = library.read_next_header(handle, &entry)
    if code == ARCHIVE_EOF { return nil }
    // A warning is about names in other alphabets, which are taken as they are.
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

  /// Whether a tar ended with its end mark rather than where the bytes did.
  var hasEndMark: Bool { library.filter_bytes(handle, 0) > library.read_header_position(handle) }

  private func failure() -> Failure {
    if let thrown = feed?.thrown { return thrown }
    let words = library.error_string(handle).map { String(cString: $0) } ?? "unknown fault"
    return .data(
      "is damaged, cut short or no archive: \(words)", at: path,
      remedy: "fetch it again, with --refresh where it is in the cache")
  }
}

/// What an archive says about one of its members.
struct LibraryEntry {
  private let entry: OpaquePointer
  private let library: LibArchive

  fileprivate init(_ entry: OpaquePointer, _ library: LibArchive) {
    self.entry = entry
    self.library = library
  }

  /// The path as it stands in the archive; nil where it is no text.
  var path: String? {
    let name = library.entry_pathname_utf8(entry) ?? library.entry_pathname(entry)
    return name.map { String(cString: $0) }
  }

  /// Whether it is a file with content of its own: no folder, link or device.
  var isRegularFile: Bool {
    library.entry_filetype(entry) & 0o170000 == 0o100000 && library.entry_hardlink(entry) == nil
      && library.entry_symlink(entry) == nil
  }

  /// How long it claims to be; nil where it doesn't say.
  var claimedSize: Int64? { library.entry_size_is_set(entry) != 0 ? library.entry_size(entry) : nil }
}

/// A feed as libarchive's callback sees it.
private final class FeedContext {
  let feed: any Feed
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 17, alignment: 16)
  var thrown: Failure?

  init(_ feed: any Feed) { self.feed = feed }
  deinit { buffer.deallocate() }

  func next() -> Int {
    do throws(Failure) {
      return try feed.read(into: buffer)
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
