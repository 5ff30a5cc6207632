// Downloads from servers with various faults. In all cases the file is correct or there is an error.

import Datasets
import Failures
import Foundation
import Testing

/// A folder for a test, removed at its end.
final class Scratch {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("rnn-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The names in the cache folder, sorted.
  var cached: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path + "/cache")) ?? []).sorted()
  }

  func fetch(tries: Int = 5, stallSeconds: Int = 60) throws -> Fetch {
    var fetch = Fetch(cache: try Cache(folder: path + "/cache"))
    (fetch.firstPause, fetch.attempts, fetch.stallSeconds) = (0, tries, stallSeconds)
    return fetch
  }

  func write(_ bytes: some Collection<UInt8>, to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    return "\(path)/\(name)"
  }
}

func contents(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))) }

/// The failure that `work` throws.
func failure(of work: () throws -> Void) -> Failure? {
  do {
    try work()
    return nil
  } catch {
    return error as? Failure
  }
}

@Suite struct HostileServerTests {
  static let cuts = [0, 1, 2, 99, 8191, 8192, 16_384, 19_998, 19_999] + (1...41).map { $0 * 487 }

  @Test(arguments: Behavior.allCases)
  func fileIsRightOrThereIsAnError(_ behavior: Behavior) throws {
    for cut in Self.cuts {
      let scratch = try Scratch()
      let server = try HostileServer { behavior.answer($0, cut: cut) }
      defer { server.stop() }
      let fetch = try scratch.fetch()
      var file: FetchedFile?
      let problem = failure { file = try fetch.file(at: Location(server.address()), checksum: nil) }
      if let expected = behavior.result(cut: cut) {
        #expect(problem == nil, "cut \(cut)")
        #expect(try file.map { try contents($0.path) } == expected, "cut \(cut)")
      } else {
        #expect(problem?.kind == .unavailable, "cut \(cut): \(problem?.description ?? "no failure")")
        #expect(!scratch.cached.contains { $0.hasSuffix("data.bin") })
      }
      if behavior == .honest, cut > 0 { #expect(server.requests.count == 2) }
    }
  }

  @Test func secondRunResumesTheFirst() throws {
    let scratch = try Scratch()
    let server = try HostileServer { request in
      request.number == 0
        ? Behavior.honest.answer(request, cut: 7777)
        : request.number == 1
          ? Answer("HTTP/1.1 404 Gone\nContent-Length: 0")
          : Behavior.honest.answer(request, cut: 0)
    }
    defer { server.stop() }
    let location = try Location(server.address())
    #expect(failure { _ = try scratch.fetch().file(at: location, checksum: nil) }?.kind == .unavailable)
    let file = try scratch.fetch().file(at: location, checksum: nil)
    #expect(try contents(file.path) == Served.first)
    #expect(server.requests.last?.offset == 7777)
    #expect(server.requests.last?["If-Range"] == "\"1\"")
    #expect(scratch.cached.count == 2)
  }

  @Test func stalledServerTimesOut() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      Answer("HTTP/1.1 200 OK\nContent-Length: 20000", body: Served.first.prefix(5), holdSeconds: 60)
    }
    defer { server.stop() }
    let begin = Date()
    let problem = failure {
      _ = try scratch.fetch(tries: 1, stallSeconds: 1).file(at: Location(server.address()), checksum: nil)
    }
    #expect(problem?.kind == .unavailable)
    #expect(Date().timeIntervalSince(begin) < 40)
  }

  @Test func endlessHeadersAreRejected() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      Answer("HTTP/1.1 200 OK\n" + (0..<20_000).map { "X-\($0): aaaaaaaaaaaaaaaa" }.joined(separator: "\n"))
    }
    defer { server.stop() }
    let problem = failure { _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil) }
    #expect(problem?.kind == .unavailable)
  }

  @Test func publishedSizeIsComparedWithTheServers() throws {
    let scratch = try Scratch()
    let server = try HostileServer { Behavior.honest.answer($0, cut: 20_000) }
    defer { server.stop() }
    let problem = failure {
      _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil, size: 19_999)
    }
    #expect(problem?.kind == .unavailable)
    #expect(problem?.description.contains("20000 bytes instead of the published 19999") == true)
  }

  @Test func bodyWithoutLengthIsComparedWithThePublishedSize() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in Answer("HTTP/1.0 200 OK", body: Served.first.prefix(12_345)) }
    defer { server.stop() }
    let problem = failure {
      _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil, size: 20_000)
    }
    #expect(problem?.kind == .unavailable)
    let longer = failure {
      _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil, size: 12_000)
    }
    #expect(longer?.kind == .unavailable)
    #expect(try scratch.fetch().file(at: Location(server.address()), checksum: nil).byteCount == 12_345)
  }

  @Test func unreachableServer() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in Answer("") }
    let address = server.address()
    server.stop()
    let problem = failure { _ = try scratch.fetch().file(at: Location(address), checksum: nil) }
    #expect(problem?.kind == .unavailable)
  }
}

@Suite struct CacheTests {
  private let zeros = String(repeating: "0", count: 64)

  @Test func fileIsFetchedOnce() throws {
    let scratch = try Scratch()
    let server = try HostileServer { Behavior.honest.answer($0, cut: 20_000) }
    defer { server.stop() }
    let location = try Location(server.address())
    let first = try scratch.fetch().file(at: location, checksum: nil)
    let second = try scratch.fetch().file(at: location, checksum: nil)
    #expect(first == second)
    #expect(server.requests.count == 1)
    let pinned = try Checksum(.sha256, first.sha256.uppercased())
    #expect(try scratch.fetch().file(at: location, checksum: pinned) == first)
    #expect(server.requests.count == 1)
  }

  @Test func damagedCopyIsFetchedAgain() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in Answer("HTTP/1.1 200 OK\nContent-Length: 20000", body: Served.first)
    }
    defer { server.stop() }
    let location = try Location(server.address())
    let first = try scratch.fetch().file(at: location, checksum: nil)
    var bytes = Served.first
    bytes[10_000] ^= 1
    try Data(bytes).write(to: URL(fileURLWithPath: first.path))
    #expect(try scratch.fetch().file(at: location, checksum: nil) == first)
    #expect(try contents(first.path) == Served.first)
    #expect(server.requests.count == 2)
  }

  @Test func wrongChecksumNamesBothAndKeepsWhatWasThere() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in Answer("HTTP/1.1 200 OK\nContent-Length: 20000", body: Served.first)
    }
    defer { server.stop() }
    let location = try Location(server.address())
    let first = try scratch.fetch().file(at: location, checksum: nil)
    let wrong = try Checksum(.sha256, zeros)
    let problem = failure { _ = try scratch.fetch().file(at: location, checksum: wrong) }
    #expect(problem?.kind == .data)
    #expect(problem?.description.contains(first.sha256) == true)
    #expect(problem?.description.contains(zeros) == true)
    #expect(try contents(first.path) == Served.first)
    // The file rejected before is still there for the right checksum.
    let requests = server.requests.count
    try FileManager.default.removeItem(atPath: first.path)
    let right = try Checksum(.sha256, first.sha256)
    #expect(try scratch.fetch().file(at: location, checksum: right) == first)
    #expect(server.requests.count == requests)
  }

  @Test func weakerChecksumsAreVerifiedToo() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Array("abc".utf8), to: "abc")
    let location = Location.file(path: path)
    let fetch = try scratch.fetch()
    let md5 = try Checksum(.md5, "900150983cd24fb0d6963f7d28e17f72")
    let sha1 = try Checksum(.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d")
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(try fetch.file(at: location, checksum: md5).sha256 == sha256)
    #expect(try fetch.file(at: location, checksum: sha1).sha256 == sha256)
    let other = try Checksum(.md5, "900150983cd24fb0d6963f7d28e17f73")
    #expect(failure { _ = try fetch.file(at: location, checksum: other) }?.kind == .data)
  }

  @Test func localFilesAreReadInPlace() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Array("abc".utf8), to: "a b.txt")
    let address = "file://" + path.replacingOccurrences(of: " ", with: "%20")
    #expect(try scratch.fetch().file(at: Location(address), checksum: nil).path == path)
    #expect(scratch.cached.isEmpty)
    let missing = failure { _ = try scratch.fetch().file(at: Location(address + "x"), checksum: nil) }
    #expect(missing?.kind == .noInput)
    let folder = failure { _ = try scratch.fetch().file(at: .file(path: scratch.path), checksum: nil) }
    #expect(folder?.kind == .noInput)
  }

  @Test func concurrentRequestsFetchOnce() async throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      Thread.sleep(forTimeInterval: 0.3)
      return Answer("HTTP/1.1 200 OK\nContent-Length: 20000", body: Served.first)
    }
    defer { server.stop() }
    let (folder, address) = (scratch.path + "/cache", server.address())
    let sums = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try Fetch(cache: Cache(folder: folder)).file(at: Location(address), checksum: nil).sha256
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(sums.count == 1)
    #expect(server.requests.count == 1)
    #expect(scratch.cached.count == 2)
  }

  @Test func refreshFetchesAgain() throws {
    let scratch = try Scratch()
    let server = try HostileServer { request in
      let body = request.number == 0 ? Served.first : Served.second
      return Answer("HTTP/1.1 200 OK\nContent-Length: \(body.count)", body: body)
    }
    defer { server.stop() }
    let location = try Location(server.address())
    _ = try scratch.fetch().file(at: location, checksum: nil)
    var fetch = try scratch.fetch()
    fetch.refreshes = true
    #expect(try contents(fetch.file(at: location, checksum: nil).path) == Served.second)
  }

  @Test func folderThatCannotBeCreated() throws {
    let scratch = try Scratch()
    let path = try scratch.write([1], to: "file")
    let fetch = Fetch(cache: try Cache(folder: path + "/below"))
    let problem = failure { _ = try fetch.file(at: Location("http://127.0.0.1:9/x"), checksum: nil) }
    #expect(problem?.kind == .cantCreate)
  }

  @Test(arguments: [
    "ftp://example.org/x", "http://", "http://a b/", "file://host/x", "file:///a%zz", "file:///a%00",
    "dict://x",
  ])
  func invalidURLs(_ text: String) {
    #expect(failure { _ = try Location(text) }?.kind == .usage)
  }

  @Test func invalidChecksums() {
    #expect(failure { _ = try Checksum(.sha256, "abc") }?.kind == .usage)
    #expect(failure { _ = try Checksum(.md5, String(repeating: "g", count: 32)) }?.kind == .usage)
  }

  @Test func catalogIsSound() throws {
    for dataset in Dataset.catalog {
      #expect(Dataset.named(dataset.name.uppercased())?.address == dataset.address)
      if let checksum = dataset.checksum {
        #expect(try Checksum(checksum.algorithm, checksum.hex) == checksum)
      }
      guard case .web = try Location(dataset.address) else {
        Issue.record("\(dataset.name) is not on the web")
        continue
      }
    }
    #expect(Dataset.catalog.map(\.name) == Dataset.catalog.map(\.name).sorted())
  }
}
