// The run's id in a PDF: an incremental update with another information dictionary (ISO 32000-1, 7.5.6 and 14.3.3), which
// leaves the bytes of the picture as they are.
//
// The table of objects is written as the picture has it: as text, or as a stream (7.5.8), which later versions of PDF have.

enum PDFInformation: PictureMetadata {
  static func matches(_ beginning: ArraySlice<UInt8>) -> Bool { beginning.starts(with: "%PDF-".utf8) }

  static func join(_ picture: [UInt8], _ run: String) -> [UInt8]? {
    guard let trailer = Trailer(picture) else { return nil }
    let comment = "\(mark)\(run)\n"
    let offset = picture.count + comment.utf8.count
    let object = """
      \(trailer.size) 0 obj
      << /Producer (rnnpipe) /Subject (\(runKey) \(run)) >>
      endobj

      """
    let table = trailer.isStream ? stream : text
    return picture + Array("\(comment)\(object)".utf8) + table(trailer, offset, offset + object.utf8.count)
  }

  static func split(_ file: [UInt8]) -> StampedPicture? {
    guard let start = file.lastRange(of: mark), let run = file.text(from: start.upperBound, before: "\n")
    else { return nil }
    let picture = Array(file[..<start.lowerBound])
    return join(picture, run) == file ? StampedPicture(picture, run: run) : nil
  }

  private static let mark = "% \(runKey) "

  /// The table of the new object as text.
  private static func text(_ trailer: Trailer, _ object: Int, _ table: Int) -> [UInt8] {
    let digits = String(String(10_000_000_000 + object).dropFirst())
    return Array(
      """
      xref
      \(trailer.size) 1
      \(digits) 00000 n\u{20}
      trailer
      << /Size \(trailer.size + 1) /Root \(trailer.root) /Info \(trailer.size) 0 R /Prev \(trailer.table) >>
      startxref
      \(table)
      %%EOF

      """.utf8)
  }

  /// The table of the new object and of itself as a stream, uncompressed: the kind 1, four bytes of offset, generation 0.
  private static func stream(_ trailer: Trailer, _ object: Int, _ table: Int) -> [UInt8] {
    let rows: [UInt8] = [object, table].flatMap { offset -> [UInt8] in
      [1] + [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: offset >> $0) } + [0]
    }
    let start = """
      \(trailer.size + 1) 0 obj
      << /Type /XRef /Size \(trailer.size + 2) /Index [\(trailer.size) 2] /W [1 4 1] /Length \(rows.count)
      /Root \(trailer.root) /Info \(trailer.size) 0 R /Prev \(trailer.table) >>
      stream

      """
    return Array(start.utf8) + rows + Array("\nendstream\nendobj\nstartxref\n\(table)\n%%EOF\n".utf8)
  }
}

/// What the end of a PDF says.
private struct Trailer {
  /// One more than the largest number of an object.
  let size: Int
  /// The reference to the root, such as `13 0 R`.
  let root: String
  /// The offset of the table of objects.
  let table: Int
  /// Whether the table is a stream.
  let isStream: Bool

  init?(_ picture: [UInt8]) {
    let lines = picture.suffix(64).split { $0 == 0x0A || $0 == 0x0D }
    guard picture.count < 1 << 31, picture.last == 0x0A, lines.count > 2,
      lines[lines.count - 1].elementsEqual("%%EOF".utf8),
      lines[lines.count - 3].elementsEqual("startxref".utf8),
      let table = Int(String(decoding: lines[lines.count - 2], as: UTF8.self)), table > 0,
      table < picture.count
    else { return nil }
    self.table = table
    isStream = !picture[table...].starts(with: "xref".utf8)
    // The dictionary is after the text of a table, and before the bytes of a stream.
    let part = isStream ? picture[table...].prefix(2048) : picture[table...].suffix(1024)
    let words = String(decoding: part, as: UTF8.self).split { " \n\r<>[]".contains($0) }
    let isStream = isStream
    func number(after key: String) -> Int? {
      let place = isStream ? words.firstIndex { $0 == key } : words.lastIndex { $0 == key }
      return place.flatMap { $0 + 1 < words.count ? Int(words[$0 + 1]) : nil }
    }
    guard let size = number(after: "/Size"), size > 0, size < 1 << 31, let root = number(after: "/Root")
    else {
      return nil
    }
    (self.size, self.root) = (size, "\(root) 0 R")
  }
}
