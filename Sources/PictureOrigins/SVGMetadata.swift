// The run's id in an SVG: the element `metadata` at the end.

enum SVGMetadata: PictureMetadata {
  private static let start = "<metadata id=\"\(runKey)\">"
  private static let end = "</metadata>\n"

  static func matches(_ beginning: ArraySlice<UInt8>) -> Bool {
    beginning.starts(with: "<?xml".utf8) || beginning.starts(with: "<svg".utf8)
  }

  static func join(_ picture: [UInt8], _ run: String) -> [UInt8]? {
    let mark = Array("</svg>".utf8)
    let from = picture.indices.suffix(64).last { picture[$0...].starts(with: mark) }
    guard let from else { return nil }
    return picture[..<from] + Array("\(start)\(run)\(end)".utf8) + picture[from...]
  }

  static func split(_ file: [UInt8]) -> StampedPicture? {
    guard let start = file.lastRange(of: start), let run = file.text(from: start.upperBound, before: end)
    else { return nil }
    let rest = file[(start.upperBound + run.utf8.count + end.utf8.count)...]
    let picture = Array(file[..<start.lowerBound] + rest)
    return join(picture, run) == file ? StampedPicture(picture, run: run) : nil
  }
}
