// The run's id in a PNG: a tEXt chunk before the end (https://www.w3.org/TR/png-3/#11tEXt).

import CZlib

enum PNGText: PictureMetadata {
  static func matches(_ beginning: ArraySlice<UInt8>) -> Bool {
    beginning.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
  }

  static func join(_ picture: [UInt8], _ run: String) -> [UInt8]? {
    guard picture.suffix(end.count).elementsEqual(end) else { return nil }
    return picture.dropLast(end.count) + chunk("tEXt", Array(runKey.utf8) + [0] + Array(run.utf8)) + end
  }

  static func split(_ file: [UInt8]) -> StampedPicture? {
    guard let start = file.lastRange(of: "tEXt\(runKey)\0"), start.lowerBound >= 4,
      file.count > start.upperBound + 4 + end.count
    else { return nil }
    let id = String(decoding: file[start.upperBound..<(file.count - 4 - end.count)], as: UTF8.self)
    let picture = Array(file[..<(start.lowerBound - 4)] + end)
    // Its checksum, and all else, is right if the same chunk gives the same file.
    return join(picture, id) == file ? StampedPicture(picture, run: id) : nil
  }

  /// The last chunk, which is always the same.
  private static let end = chunk("IEND", [])

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let checked = Array(type.utf8) + content
    let checksum = checked.withUnsafeBufferPointer { crc32(0, $0.baseAddress, UInt32($0.count)) }
    return bigEndian(content.count) + checked + bigEndian(Int(checksum))
  }

  private static func bigEndian(_ number: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
  }
}
