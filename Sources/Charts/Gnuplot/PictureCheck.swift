// Whether a picture is whole. A drawing program that doesn't check its writes can lose a part of its output, not only at
// the end; each format shows by its structure whether all parts are where they belong.

extension PictureFormat {
  /// Whether the bytes have the structure of a whole picture of this format, from the beginning to the end.
  func isComplete(_ picture: [UInt8]) -> Bool {
    switch self {
    case .png: Self.isWholePNG(picture)
    case .svg: Self.isWholeSVG(picture)
    case .pdf: Self.isWholePDF(picture)
    }
  }

  /// Chunks, each with its length, its type, its contents and a checksum, the last of type IEND.
  private static func isWholePNG(_ picture: [UInt8]) -> Bool {
    guard picture.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { return false }
    var rest = picture[8...]
    while rest.count >= 12 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      let type = rest.dropFirst(4).prefix(4)
      guard length <= rest.count - 12, type.allSatisfy({ (0x41...0x7A).contains($0) }) else { return false }
      rest = rest.dropFirst(length + 12)
      if type.elementsEqual("IEND".utf8) { return rest.isEmpty }
    }
    return false
  }

  /// Elements, each of which is closed within the one that holds it, and nothing after the outermost.
  private static func isWholeSVG(_ picture: [UInt8]) -> Bool {
    var open: [ArraySlice<UInt8>] = []
    var (rest, hasElement) = (picture[...], false)
    while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
      guard let end = endOfTag(rest[start...]) else { return false }
      let tag = rest[(start + 1)..<end]
      rest = rest[(end + 1)...]
      if [UInt8(ascii: "?"), UInt8(ascii: "!")].contains(tag.first) { continue }
      if hasElement, open.isEmpty { return false }
      hasElement = true
      if tag.first == UInt8(ascii: "/") {
        guard open.popLast().map({ $0 == name(tag.dropFirst()) }) ?? false else { return false }
      } else if tag.last != UInt8(ascii: "/") {
        open.append(name(tag))
      }
    }
    return hasElement && open.isEmpty && rest.allSatisfy { [0x0A, 0x0D, 0x20].contains($0) }
  }

  /// The index of the bracket that closes a tag; nil if a quotation mark or another tag begins before it and doesn't end.
  private static func endOfTag(_ text: ArraySlice<UInt8>) -> Int? {
    var quote: UInt8?
    for index in text.indices.dropFirst() {
      let byte = text[index]
      if byte == UInt8(ascii: "<") { return nil }
      if let mark = quote {
        if byte == mark { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if byte == UInt8(ascii: ">") {
        return index
      }
    }
    return nil
  }

  private static func name(_ tag: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    tag.prefix { ![0x09, 0x0A, 0x0D, 0x20].contains($0) }
  }

  /// The end gives the offset of the list of objects, which is elsewhere if anything before it is missing, and which is
  /// followed by the end.
  private static func isWholePDF(_ picture: [UInt8]) -> Bool {
    let lines = picture.suffix(64).split { $0 == 0x0A || $0 == 0x0D }
    guard lines.count > 2, lines[lines.count - 1].elementsEqual("%%EOF".utf8),
      lines[lines.count - 3].elementsEqual("startxref".utf8),
      let offset = Int(String(decoding: lines[lines.count - 2], as: UTF8.self)), offset < picture.count,
      offset > 0
    else { return false }
    let list = picture[offset...]
    if list.starts(with: "xref".utf8) { return hasWholeTable(list) }
    // Newer versions write the list as an object.
    return list.first.map { (0x30...0x39).contains($0) } ?? false
  }

  /// Whether a table of `xref`, 0 and the number of objects, and 20 bytes for each is followed by the trailer.
  private static func hasWholeTable(_ list: ArraySlice<UInt8>) -> Bool {
    let lines = list.split(separator: 0x0A, maxSplits: 2)
    guard lines.count == 3,
      let count = lines[1].split(separator: 0x20).last.flatMap({ Int(String(decoding: $0, as: UTF8.self)) }),
      count >= 0, count <= lines[2].count / 20
    else { return false }
    return lines[2].dropFirst(count * 20).starts(with: "trailer".utf8)
  }
}
