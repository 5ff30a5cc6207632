// The encodings of text, by their names in iconv.

import ByteStreams
import Failures
import Glibc
import Spelling

/// An encoding of text.
public struct TextEncoding: Sendable, Equatable {
  /// The name as given.
  public let name: String
  /// Whether it is UTF-16 or UTF-32 without a byte order, which then only a mark can determine.
  public let needsMark: Bool

  /// UTF-8, which needs no conversion.
  public static let utf8 = TextEncoding(known: "UTF-8")

  /// The names that are suggested for misspelled ones, and by completions.
  public static let commonNames = [
    "utf-8", "utf-16", "utf-16le", "utf-16be", "utf-32", "latin1", "iso-8859-1", "iso-8859-2", "iso-8859-5",
    "iso-8859-15", "windows-1250", "windows-1251", "windows-1252", "windows-1253", "windows-1254",
    "windows-1256",
    "macintosh", "koi8-r", "koi8-u", "gb18030", "gbk", "gb2312", "big5", "big5-hkscs", "shift_jis", "cp932",
    "euc-jp", "iso-2022-jp", "euc-kr", "cp949", "tis-620", "cp437", "cp850",
  ]

  init(known name: String) {
    self.name = name
    needsMark = ["utf16", "utf32", "ucs2", "ucs4"].contains(Self.plain(name))
  }

  /// - Throws: `Failure` (usage) if iconv doesn't know the name.
  public init(_ name: String) throws(Failure) {
    // The part after a slash is an option for iconv, and an empty name means the locale's encoding.
    guard !name.isEmpty, !name.contains("/"), let handle = Self.open(name) else {
      throw Failure.usage(
        "there is no encoding \(name.isEmpty ? "without a name" : name)",
        remedy: nearestWord(to: name.lowercased(), among: Self.commonNames).map { "did you mean \($0)?" }
          ?? "such as latin1, windows-1252, gb18030, shift_jis or utf-16; iconv -l lists all")
    }
    iconv_close(handle)
    self.init(known: name)
  }

  /// Whether it is UTF-8 under any of its names.
  public var isUTF8: Bool { Self.plain(name) == "utf8" }

  /// Whether a character takes two or four bytes, most of which are zero in English text.
  var isWide: Bool { ["utf16", "utf32", "ucs2", "ucs4"].contains { Self.plain(name).hasPrefix($0) } }

  /// Whether ASCII text has the same bytes in this encoding, so that only other characters can identify it.
  public var keepsASCII: Bool {
    if isWide { return true }
    let sample = Array("azAZ09 +&\n".utf8)
    let source = try? TranscodedSource(MemorySource(sample), from: self, named: name)
    return Self.plain(name) != "hz" && (try? source?.read(upTo: sample.count)) == sample
  }

  /// A new conversion to UTF-8; nil if iconv has none.
  static func open(_ name: String) -> iconv_t? {
    let handle = iconv_open("UTF-8", name)
    return handle == iconv_t(bitPattern: -1) ? nil : handle
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0 != "-" && $0 != "_" }
  }
}
