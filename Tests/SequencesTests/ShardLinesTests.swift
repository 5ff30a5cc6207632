// The lines of shards of a text file: each line is in exactly one of them, and keeps its number.

import ByteStreams
import Foundation
import OperatingSystem
import Sequences
import TensorFile
import Testing

@Suite struct ShardLinesTests {
  /// The lines that a shard has beyond the foreign row at its beginning, and their numbers in the file.
  private func lines(
    of text: String, _ index: Int, _ count: Int, mark: Int = 0, skipsBlankLines: Bool = false
  ) throws -> [(number: Int, line: String)] {
    let file = try TemporaryFile()
    try file.append(Array(text.utf8))
    let start = FilePosition(file.descriptor, offset: mark)
    let shard = try #require(Shard(index: index, of: count))
    let source = try ShardLines(
      start, size: text.utf8.count - mark, shard, skipsBlankLines: skipsBlankLines)
    var (reader, found) = (LineReader(source, named: "text"), [(number: Int, line: String)]())
    while let line = try reader.next() {
      guard reader.number > source.leadingLines else { continue }
      found.append((source.numberInFile(of: reader.number), String(decoding: line, as: UTF8.self)))
    }
    return found
  }

  @Test(
    arguments: [
      "one\ntwo\nthree\n", "one\ntwo\nthree", "\n\n\n", "a\n\nb\n", "one", "one\n", "a\r\nb\r\n", "\nx",
      (0..<100).map { String(repeating: "w", count: $0 % 7) }.joined(separator: "\n"),
    ], [1, 2, 3, 7, 200])
  func everyLineIsInOneShard(text: String, count: Int) throws {
    let whole = try lines(of: text, 1, 1)
    let parts = try (1...count).flatMap { try lines(of: text, $0, count) }
    #expect(parts.map(\.line) == whole.map(\.line))
    #expect(parts.map(\.number) == whole.indices.map { $0 + 1 })
  }

  @Test func aMarkIsNoPartOfTheText() throws {
    let text = "\u{FEFF}one\ntwo\nthree\nfour\n"
    let parts = try (1...3).flatMap { try lines(of: text, $0, 3, mark: 3) }
    #expect(parts.map(\.line) == ["one", "two", "three", "four"])
  }

  @Test func theFirstRowComesFirst() throws {
    let file = try TemporaryFile()
    try file.append(Array("\n \nfirst\nsecond\nthird".utf8))
    let shard = try #require(Shard("3/3"))
    for (skips, beginning) in [(true, "\n \nfirst\n"), (false, "\n")] {
      var source = try ShardLines(FilePosition(file.descriptor), size: 21, shard, skipsBlankLines: skips)
      #expect(source.beginsWithForeignRow && source.record.longText == "shard 3 of 3: bytes 14 to 20 of 21")
      var bytes: [UInt8] = []
      while case let more = try source.read(upTo: 4), !more.isEmpty { bytes += more }
      #expect(String(decoding: bytes, as: UTF8.self) == beginning + "third")
    }
  }
}
