// A member of an archive, as described by libarchive.

import CArchive

/// The properties of a member of an archive.
struct LibraryEntry {
  private let entry: OpaquePointer
  private let library: LibArchive

  init(_ entry: OpaquePointer, _ library: LibArchive) {
    self.entry = entry
    self.library = library
  }

  /// The path in the archive; nil if it is not text.
  var path: String? {
    let name = library.entry_pathname_utf8(entry) ?? library.entry_pathname(entry)
    return name.map { String(cString: $0) }
  }

  /// Whether it is a file with its own content: not a folder, link or device.
  var isRegularFile: Bool {
    library.entry_filetype(entry) & 0o170000 == 0o100000 && library.entry_hardlink(entry) == nil
      && library.entry_symlink(entry) == nil
  }

  /// The declared size; nil if none is declared.
  var claimedSize: Int64? { library.entry_size_is_set(entry) != 0 ? library.entry_size(entry) : nil }
}
