// Members of a zip archive in a temporary file, for reading many of them at the same time: to open the archive for each
// would read its directory of all members as many times.

import ByteStreams
import Failures
import OperatingSystem

/// Some members of a zip archive, unpacked one after another into one temporary file.
public struct UnpackedZip {
  private let file: TemporaryFile
  private let ranges: [Int: Range<Int>]
  private let name: String

  /// How many times its size an archive may expand; deflate can't do more.
  private static let expansion = 1032

  /// Unpacks the members with these numbers in a single pass.
  /// - Throws: `Failure`: the archive is damaged, or expands without limit (data); the temporary file can't be written.
  public init(_ archive: ZipArchive, members: Set<Int>) throws {
    let file = try TemporaryFile()
    var ranges: [Int: Range<Int>] = [:]
    let limit = try archive.size * Self.expansion
    var end = 0
    try archive.forEach { number, member in
      guard members.contains(number) else { return }
      let start = end
      var member = member
      while case let bytes = try member.read(upTo: 1 << 18), !bytes.isEmpty {
        end += bytes.count
        guard end <= limit else {
          throw Failure.data(
            "the archive expands to more than \(Self.expansion) times its size", at: archive.name)
        }
        try file.append(bytes)
      }
      ranges[number] = start..<end
    }
    (self.file, self.ranges, name) = (file, ranges, archive.name)
  }

  /// The bytes of a member that was unpacked, independent of all other readers.
  /// - Throws: `Failure` (data) if the archive lists the member, but doesn't hold it.
  public func source(_ number: Int) throws(Failure) -> any ByteSource {
    guard let range = ranges[number] else {
      throw .data("damaged zip archive: member \(number + 1) is missing", at: name)
    }
    return PositionedSource(FilePosition(file.descriptor, offset: range.lowerBound), end: range.upperBound)
  }
}
