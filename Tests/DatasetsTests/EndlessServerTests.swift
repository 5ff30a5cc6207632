// Servers that would keep a client busy for ever, or whose answers prove too little: bounded tries and bytes, a warning
// where nothing proves the end, and a part that is continued only where the file is certain to be the same.

import Datasets
import Failures
import Foundation
import Testing

@Suite struct EndlessServerTests {
  private static let body = (0..<200_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }

  private static func broken(_ tag: String = "\nETag: \"1\"") -> Answer {
    Answer("HTTP/1.1 200 OK\nContent-Length: \(body.count)\(tag)", body: body.prefix(70_000))
  }

  /// Answers that always break off after the same bytes, and never continue.
  @Test(arguments: ["416", "206 elsewhere", "206 without a tag", "200"])
  func answersThatBreakOffAreGivenUp(_ kind: String) throws {
    let scratch = try Scratch()
    let server = try HostileServer { request in
      guard let offset = request.offset else { return Self.broken() }
      let rest = Self.body[offset...]
      return switch kind {
      case "416": Answer("HTTP/1.1 416 No\nContent-Range: bytes */200000\nContent-Length: 0")
      case "206 elsewhere":
        Answer(
          "HTTP/1.1 206 Partial\nContent-Range: bytes 0-199999/200000\nContent-Length: 200000\nETag: \"1\"",
          body: Self.body.prefix(70_000))
      case "206 without a tag":
        Answer(
          "HTTP/1.1 206 Partial\nContent-Range: bytes \(offset)-199999/200000\nContent-Length: \(rest.count)",
          body: rest)
      default: Self.broken()
      }
    }
    defer { server.stop() }
    let problem = failure { _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil) }
    #expect(problem?.kind == .unavailable)
    #expect(server.requests.count <= 7, "\(server.requests.count) requests")
  }

  @Test func aBodyOfUnknownLengthHasACap() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      Answer("HTTP/1.1 200 OK", body: [UInt8](repeating: 7, count: 3 << 20))
    }
    defer { server.stop() }
    var fetch = try scratch.fetch()
    fetch.mostUnannouncedBytes = 1 << 20
    let problem = failure { _ = try fetch.file(at: Location(server.address()), checksum: nil) }
    #expect(problem?.kind == .unavailable)
    #expect(problem?.description.contains("has sent more than 1 MiB") == true)
    #expect(problem?.description.contains("--max-size") == true)
    #expect(server.requests.count == 1)
    fetch.mostUnannouncedBytes = 4 << 20
    #expect(try fetch.file(at: Location(server.address()), checksum: nil).byteCount == 3 << 20)
  }

  @Test func aLengthThatTheDiskCantHoldIsRefused() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      Answer("HTTP/1.1 200 OK\nContent-Length: 9000000000000000000", body: Self.body)
    }
    defer { server.stop() }
    let problem = failure { _ = try scratch.fetch().file(at: Location(server.address()), checksum: nil) }
    #expect(problem?.kind == .io)
    #expect(problem?.description.contains("needs 9000000000000000000 bytes") == true)
    #expect(server.requests.count == 1)
  }

  /// Only the end of the connection ends this body: the user is told, and told again when it is read from the cache.
  @Test func anUnprovenEndIsTold() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in Answer("HTTP/1.1 200 OK", body: Self.body) }
    defer { server.stop() }
    var warnings: [String] = []
    var fetch = try scratch.fetch()
    fetch.warn = { warnings.append($0) }
    let location = try Location(server.address())
    let file = try fetch.file(at: location, checksum: nil)
    #expect(warnings.count == 1 && warnings[0].contains("200000 bytes"), "\(warnings)")
    _ = try fetch.file(at: location, checksum: nil)
    #expect(warnings.count == 2 && server.requests.count == 1)
    _ = try fetch.file(at: location, checksum: Checksum(.sha256, file.sha256))
    #expect(warnings.count == 2)
    fetch.refreshes = true
    _ = try fetch.file(at: location, checksum: Checksum(.sha256, file.sha256))
    fetch.refreshes = false
    _ = try fetch.file(at: location, checksum: nil)
    #expect(warnings.count == 2, "the checksum proved it")
  }

  @Test func aBodyWithAnEndMarkIsProven() throws {
    let scratch = try Scratch()
    let server = try HostileServer { _ in
      let size = String(Self.body.count, radix: 16)
      return Answer(
        "HTTP/1.1 200 OK\nTransfer-Encoding: chunked",
        body: Array("\(size)\r\n".utf8) + Self.body + Array("\r\n0\r\n\r\n".utf8))
    }
    defer { server.stop() }
    var fetch = try scratch.fetch()
    fetch.warn = { Issue.record("\($0)") }
    #expect(try contents(fetch.file(at: Location(server.address()), checksum: nil).path) == Self.body)
  }

  /// A time of modification is too weak to continue a file that no checksum will verify.
  @Test(arguments: [false, true]) func aTimeContinuesOnlyAVerifiedFile(_ isVerified: Bool) throws {
    let scratch = try Scratch()
    let times = "\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\nDate: Tue, 02 Jan 2024 00:00:00 GMT"
    let server = try HostileServer { request in
      if request.number == 0 { return Self.broken(times) }
      guard let offset = request.offset else {
        return Answer("HTTP/1.1 200 OK\nContent-Length: \(Self.body.count)\(times)", body: Self.body)
      }
      let rest = Self.body[offset...]
      return Answer(
        "HTTP/1.1 206 Partial\nContent-Range: bytes \(offset)-199999/200000\nContent-Length: \(rest.count)\(times)",
        body: rest)
    }
    defer { server.stop() }
    let whole = try scratch.write(Self.body, to: "whole")
    let sum = try scratch.fetch().file(at: .file(path: whole), checksum: nil).sha256
    let checksum = isVerified ? try Checksum(.sha256, sum) : nil
    let file = try scratch.fetch().file(at: Location(server.address()), checksum: checksum)
    #expect(try contents(file.path) == Self.body)
    #expect(server.requests.count == 2 && server.requests[1].offset == (isVerified ? 70_000 : nil))
  }
}
