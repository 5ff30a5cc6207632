// The id of the run that drew a picture, kept in the picture's own metadata: text of PNG, the metadata element of SVG, the
// information dictionary of PDF. It can be taken out again, which gives the bytes of the picture as it was drawn.

/// A picture with the id of the run that drew it.
public struct StampedPicture: Sendable, Equatable {
  /// The picture as it was drawn.
  public let picture: [UInt8]
  /// The run's id.
  public let run: String

  /// The formats that have a place for it.
  private static var formats: [any PictureMetadata.Type] {
    [PNGText.self, SVGMetadata.self, PDFInformation.self]
  }

  /// A picture that was drawn by a run.
  public init(_ picture: [UInt8], run: String) { (self.picture, self.run) = (picture, run) }

  /// Finds the id in the bytes of a file; nil if there is none, or if the file is no picture.
  public init?(_ file: [UInt8]) {
    for format in Self.formats where format.matches(file[...]) {
      guard let found = format.split(file), Self.isID(found.run) else { return nil }
      self = found
      return
    }
    return nil
  }

  /// The bytes of the picture with the id; nil if it has no place for it.
  public var file: [UInt8]? {
    guard Self.isID(run) else { return nil }
    let format = Self.formats.first { $0.matches(picture[...]) }
    guard let file = format?.join(picture, run), StampedPicture(file) == self else { return nil }
    return file
  }

  /// Whether a file could be a picture, by its first eight bytes.
  public static func looksLikePicture(_ beginning: [UInt8]) -> Bool {
    formats.contains { $0.matches(beginning[...]) }
  }

  /// Ids have letters, digits and hyphens only, which need no quotation in any format.
  private static func isID(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || $0 == 0x2D
      }
  }
}

/// The place for a run's id in a format.
protocol PictureMetadata {
  /// Whether a file begins as this format does.
  static func matches(_ beginning: ArraySlice<UInt8>) -> Bool
  /// The picture with the id; nil if it isn't laid out as expected.
  static func join(_ picture: [UInt8], _ run: String) -> [UInt8]?
  /// The picture without the id, and the id; nil if there is none.
  static func split(_ file: [UInt8]) -> StampedPicture?
}

/// The key by which the id is found.
let runKey = "rnnpipe:run"

extension [UInt8] {
  /// Where a text stands last, if it is near the end, as all places for ids are.
  func lastRange(of text: String) -> Range<Int>? {
    let text = Array(text.utf8)
    let start = indices.suffix(2048).last { self[$0...].starts(with: text) }
    return start.map { $0..<$0 + text.count }
  }

  /// The text from an index up to the next `end`; nil if it is longer than any id.
  func text(from start: Int, before end: String) -> String? {
    let text = self[start...].prefix(128)
    let count = text.indices.first { text[$0...].starts(with: end.utf8) }
    return count.map { String(decoding: text[..<$0], as: UTF8.self) }
  }
}
