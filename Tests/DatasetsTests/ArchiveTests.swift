// Archives: contents are read byte for byte, and a damaged archive is never read as a smaller one.

import Archives
import Datasets
import Failures
import Foundation
import Testing

/// All files of an archive.
private func members(_ path: String, _ limits: ArchiveLimits = ArchiveLimits()) throws -> [String: [UInt8]] {
  let archive = try ArchiveReader(path: path, limits: limits)
  var all: [String: [UInt8]] = [:]
  while let member = try archive.next() { all[member.path] = try archive.readAll(limit: 1 << 24) }
  return all
}

private let noise = (0..<50_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }

@Suite struct ArchiveTests {
  private let honest = [
    TarMember(name: "a/one.txt", content: Array("one".utf8)), TarMember(name: "a/", type: "5"),
    TarMember(name: "a/empty"), TarMember(name: "a/noise.bin", content: noise),
  ]
  private let expected = ["a/one.txt": Array("one".utf8), "a/empty": [], "a/noise.bin": noise]

  @Test(arguments: ["", "gzip", "bzip2", "xz", "zstd"])
  func membersOfCompressedTars(_ program: String) throws {
    guard program.isEmpty || isInstalled(program) else { return }
    let scratch = try Scratch()
    let bytes = program.isEmpty ? tar(honest) : try compressed(tar(honest), by: program)
    #expect(try members(scratch.write(bytes, to: "any-name")) == expected)
    #expect(try ArchiveReader.isArchive(scratch.path + "/any-name"))
  }

  @Test func membersOfZip() throws {
    let scratch = try Scratch()
    let path = try scratch.write(zip(expected.map { ($0.key, $0.value) }), to: "a.zip")
    #expect(try members(path) == expected)
  }

  @Test(arguments: ["", "gzip"])
  func everyTruncationOfATarIsAnError(_ program: String) throws {
    let scratch = try Scratch()
    let plain = tar([
      TarMember(name: "a", content: Array(noise.prefix(700))), TarMember(name: "b", content: [1]),
    ])
    let bytes = program.isEmpty ? plain : try compressed(plain, by: program)
    // A tar needs only one of the end mark's two blocks.
    let end = program.isEmpty ? bytes.count - 1024 : bytes.count - 1
    for cut in 0...end {
      let path = try scratch.write(bytes.prefix(cut), to: "cut")
      #expect(failure { _ = try members(path) }?.kind == .data, "cut at \(cut)")
    }
  }

  @Test func everyTruncationOfAZipIsAnError() throws {
    let scratch = try Scratch()
    let bytes = zip([("a", Array(noise.prefix(700))), ("b", [1])])
    for cut in 0..<bytes.count {
      let path = try scratch.write(bytes.prefix(cut), to: "cut")
      #expect(failure { _ = try members(path) }?.kind == .data, "cut at \(cut)")
    }
  }

  @Test func everyFlippedBitOfAGzipIsDetectedOrHarmless() throws {
    let scratch = try Scratch()
    let content = Array(noise.prefix(300)) + [UInt8](repeating: 65, count: 300)
    let bytes = try compressed(content, by: "gzip")
    for bit in 0..<bytes.count * 8 {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = try scratch.write(damaged, to: "flipped")
      var read: [UInt8] = []
      let problem = failure { read = try readAll(path) }
      // The first two bytes identify a gzip file; the rest of the header doesn't affect the content.
      if bit / 8 >= 2 { #expect(problem?.kind == .data || read == content, "bit \(bit)") }
    }
  }

  private func readAll(_ path: String) throws -> [UInt8] {
    let file = try DecompressedFile(path: path)
    var all: [UInt8] = []
    while true {
      let bytes = try file.read(upTo: 777)
      if bytes.isEmpty { return all }
      all += bytes
    }
  }

  @Test(arguments: ["gzip", "bzip2", "xz", "zstd"])
  func singleCompressedFiles(_ program: String) throws {
    guard isInstalled(program) else { return }
    let scratch = try Scratch()
    let once = try compressed(noise, by: program)
    #expect(try readAll(scratch.write(once, to: "x")) == noise)
    #expect(try readAll(scratch.write(once + once, to: "y")) == noise + noise)
    #expect(try !ArchiveReader.isArchive(scratch.path + "/x"))
    for cut in [1, 4, once.count / 2, once.count - 10] {
      let path = try scratch.write(once.prefix(once.count - cut), to: "cut")
      #expect(failure { _ = try readAll(path) }?.kind == .data, "\(program), \(cut) bytes less")
    }
  }

  @Test func trailingBytesAfterGzip() throws {
    let scratch = try Scratch()
    let once = try compressed([1, 2, 3], by: "gzip")
    #expect(try readAll(scratch.write(once + [0, 0, 0, 0], to: "zeros")) == [1, 2, 3])
    let path = try scratch.write(once + [7, 7, 7], to: "rubbish")
    #expect(failure { _ = try readAll(path) }?.kind == .data)
  }

  @Test func linksAndDevicesAreNotFiles() throws {
    let scratch = try Scratch()
    let hostile = [
      TarMember(name: "link", type: "2", link: "/etc/passwd"),
      TarMember(name: "hard", type: "1", link: "../../etc/passwd"),
      TarMember(name: "device", type: "3"), TarMember(name: "block", type: "4"),
      TarMember(name: "pipe", type: "6"),
      TarMember(name: "../outside.txt", content: [1]), TarMember(name: "/absolute.txt", content: [2]),
    ]
    let path = try scratch.write(tar(hostile), to: "hostile.tar")
    #expect(try members(path) == ["../outside.txt": [1], "/absolute.txt": [2]])
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["hostile.tar"])
  }

  @Test func hugeDeclaredSizesAreRejectedImmediately() throws {
    let scratch = try Scratch()
    let claim = TarMember(name: "huge", content: [1], claimedSize: 8_589_934_591)
    let path = try scratch.write(tar([claim]), to: "huge.tar")
    let begin = Date()
    let problem = failure { _ = try members(path) }
    #expect(problem?.kind == .data)
    #expect(problem?.description.contains("huge") == true)
    #expect(Date().timeIntervalSince(begin) < 10)
  }

  @Test func bombsAreStoppedAtTheLimit() throws {
    let scratch = try Scratch()
    let zeros = TarMember(name: "zeros", content: [UInt8](repeating: 0, count: 1 << 22))
    let path = try scratch.write(compressed(tar([zeros]), by: "gzip"), to: "bomb.tar.gz")
    var limits = ArchiveLimits()
    limits.memberBytes = 1 << 20
    #expect(failure { _ = try members(path, limits) }?.kind == .data)
    let archive = try ArchiveReader(path: path)
    _ = try archive.next()
    #expect(failure { _ = try archive.readAll(limit: 1 << 20) }?.kind == .data)
  }

  @Test func tooManyMembers() throws {
    let scratch = try Scratch()
    var limits = ArchiveLimits()
    limits.members = 3
    let path = try scratch.write(tar((0..<4).map { TarMember(name: "\($0)/", type: "5") }), to: "many.tar")
    #expect(failure { _ = try members(path, limits) }?.kind == .data)
  }

  @Test(arguments: ["", "not an archive at all", "PK\u{3}\u{4}nonsense"])
  func noArchive(_ text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write(Array(text.utf8), to: "x")
    #expect(failure { _ = try members(path) }?.kind == .data)
  }

  @Test func globs() throws {
    let scratch = try Scratch()
    let path = try scratch.write(tar([TarMember(name: "set/part/data.csv")]), to: "globs.tar")
    let member = try #require(try ArchiveReader(path: path).next())
    #expect(
      member.matches("*.csv") && member.matches("data.csv") && member.matches("set/*") && member.matches("*"))
    #expect(!member.matches("*.txt") && !member.matches("set"))
  }
}

@Suite struct ReviewFolderTests {
  private func archive(_ scratch: Scratch, reversed: Bool = false, top: String = "aclImdb/") throws -> String
  {
    var all = ["train", "test"].flatMap { part in
      ["neg", "pos", "unsup"].flatMap { folder in
        (0..<40).map {
          TarMember(
            name: "\(top)\(part)/\(folder)/\($0)_7.txt", content: Array("\(part) \(folder) \($0)".utf8))
        }
      }
    }
    all.append(TarMember(name: top + "train/labeledBow.feat", content: [1]))
    all.append(TarMember(name: top + "train/pos/._3_7.txt", content: [1]))
    return try scratch.write(tar(reversed ? all.reversed() : all), to: "r\(reversed).tar")
  }

  @Test func labelsPartsAndOrder() throws {
    let scratch = try Scratch()
    let all = try ReviewFolders(archive: archive(scratch), classes: ["neg", "pos"])
    #expect(all.reviews.count == 160)
    for review in all.reviews {
      let words = String(decoding: review.text, as: UTF8.self).split(separator: " ")
      #expect(review.part == (words[0] == "train" ? 0 : 2))
      #expect(review.label == (words[1] == "neg" ? 0 : 1))
    }
    // Sorted neither by class nor by part: the longest run of one label is short.
    let runs = all.reviews.split { $0.label == 0 }.map(\.count)
    #expect((runs.max() ?? 99) < 20)
  }

  @Test func orderDependsOnlyOnTheTexts() throws {
    let scratch = try Scratch()
    let one = try ReviewFolders(archive: archive(scratch), part: 0, classes: ["neg", "pos"])
    let other = try ReviewFolders(
      archive: archive(scratch, reversed: true, top: "./"), part: 0, classes: ["neg", "pos"])
    #expect(one.reviews == other.reviews)
    #expect(one.reviews.count == 80)
  }

  @Test func classesByName() throws {
    let scratch = try Scratch()
    #expect(try ReviewFolders(archive: archive(scratch)).classes == ["neg", "pos"])
  }

  @Test func nothingOrTwice() throws {
    let scratch = try Scratch()
    let none = try scratch.write(tar([TarMember(name: "x.txt", content: [1])]), to: "none.tar")
    #expect(failure { _ = try ReviewFolders(archive: none) }?.kind == .data)
    let review = TarMember(name: "train/pos/1_8.txt", content: [1])
    let twice = try scratch.write(tar([review, review]), to: "twice.tar")
    #expect(failure { _ = try ReviewFolders(archive: twice) }?.description.contains("twice") == true)
  }
}
