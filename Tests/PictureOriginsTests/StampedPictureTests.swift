// The id of a run in pictures: it is found again, taking it out gives the picture, and damage is never taken for an id.

import Charts
import PictureOrigins
import Testing

struct StampedPictureTests {
  private static let run = "20260301-123456789-k7f3m2xq"

  private static func drawn(_ format: PictureFormat) throws -> [UInt8] {
    let curve = HistoryCurve(name: "loss", epochs: [1, 2, 3], values: [3, 2, 1])
    return try Gnuplot().picture(.history([curve], title: "loss"), format: format)
  }

  @Test(arguments: PictureFormat.allCases)
  func theIDIsFoundAndTakenOut(of format: PictureFormat) throws {
    let picture = try Self.drawn(format)
    #expect(StampedPicture(picture) == nil)
    let file = try #require(StampedPicture(picture, run: Self.run).file)
    #expect(file != picture)
    let found = try #require(StampedPicture(file))
    #expect(found.run == Self.run)
    #expect(found.picture == picture)
  }

  /// The same chart gives the same bytes, which a PDF with its time would not.
  @Test(arguments: PictureFormat.allCases)
  func picturesAreReproducible(of format: PictureFormat) throws {
    let first = try Self.drawn(format)
    #expect(first == (try Self.drawn(format)))
    #expect(!first.contains(Array("CreationDate".utf8)))
  }

  @Test func otherTextIsNoID() throws {
    let picture = try Self.drawn(.svg)
    for id in ["", "a b", "a<b", "a\n", "\"", String(repeating: "a", count: 65)] {
      #expect(StampedPicture(picture, run: id).file == nil, "\(id)")
    }
    #expect(StampedPicture(Array("time,y\n1,2\n".utf8), run: Self.run).file == nil)
    #expect(StampedPicture([]) == nil)
  }

  /// A file that was cut or changed has another picture or no id, and ends no program.
  @Test(arguments: PictureFormat.allCases)
  func damageIsNotTakenForAnID(of format: PictureFormat) throws {
    let picture = try Self.drawn(format)
    let file = try #require(StampedPicture(picture, run: Self.run).file)
    for count in stride(from: 0, to: file.count, by: 97) {
      #expect(StampedPicture(Array(file[..<count]))?.picture != picture, "\(count) bytes")
    }
    for index in (file.count - 400)..<file.count {
      var changed = file
      changed[index] ^= 1
      let found = StampedPicture(changed)
      #expect(found == nil || found?.run != Self.run || found?.picture != picture, "byte \(index)")
    }
  }
}
