// The behavior of the faulty server after its first response was interrupted: twenty-six variants, valid and invalid.

import Foundation

/// The file that is served.
struct Served {
  static let first = (0..<20_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 7) }
  static let second = (0..<21_500).map { UInt8(truncatingIfNeeded: ($0 &* 40_503) >> 3) }
}

/// A server's behavior; the response to request 0 is always the whole file, interrupted at the cut.
enum Behavior: String, CaseIterable, Sendable {
  case honest, ignoredRange, wrongOffset, offsetOneLess, wrongTotal, noContentRange, garbageContentRange
  case unsatisfiable, changedHonoured, changedIgnored, longBody, longChunked, shortAgain, dribble
  case errorOnce, errorAlways, missing, gzip, redirectToFile, redirectLoop, redirectToHonest, noAnswer
  case noHTTP, rangeUnasked, weakTag, noTag, partWithinPart

  /// The result of a correct client; nil if no client can succeed.
  func result(cut: Int) -> [UInt8]? {
    switch self {
    case .changedHonoured, .changedIgnored: Served.second
    case .errorAlways, .missing, .redirectToFile, .redirectLoop, .noAnswer, .noHTTP, .rangeUnasked: nil
    case .gzip: nil
    // Ten bytes per attempt are not enough progress to continue.
    case .shortAgain: cut > 0 && cut + 40 < Served.first.count ? nil : Served.first
    default: Served.first
    }
  }

  func answer(_ request: Request, cut: Int) -> Answer {
    if request.number == 0 { return broken(at: cut) }
    return request.offset.map { rest(request, from: $0, cut) } ?? anew(request)
  }

  private var tag: String { self == .weakTag ? "\nETag: W/\"1\"" : self == .noTag ? "" : "\nETag: \"1\"" }

  private func broken(at cut: Int) -> Answer {
    Answer("HTTP/1.1 200 OK\nContent-Length: \(Served.first.count)\(tag)", body: Served.first.prefix(cut))
  }

  private func whole(_ body: [UInt8], tag: String) -> Answer {
    Answer("HTTP/1.1 200 OK\nContent-Length: \(body.count)\nETag: \"\(tag)\"", body: body)
  }

  /// The response to a request for the whole file.
  private func anew(_ request: Request) -> Answer {
    switch self {
    case .changedHonoured, .changedIgnored: whole(Served.second, tag: "2")
    case .rangeUnasked:
      Answer(
        "HTTP/1.1 206 Partial\nContent-Range: bytes 0-9/20\nContent-Length: 10", body: Served.first.prefix(10)
      )
    case .longBody: Answer("HTTP/1.1 200 OK\nContent-Length: 20000", body: Served.first + Served.second)
    case .wrongOffset, .offsetOneLess, .wrongTotal, .noContentRange, .garbageContentRange, .unsatisfiable,
      .ignoredRange, .longChunked, .honest, .weakTag, .noTag, .shortAgain, .dribble, .partWithinPart:
      whole(Served.first, tag: "1")
    default: misbehaved(request, from: 0)
    }
  }

  /// The response to a request for the rest.
  private func rest(_ request: Request, from offset: Int, _ cut: Int) -> Answer {
    let (body, total) = (Served.first, Served.first.count)
    let last = total - 1
    return switch self {
    case .honest, .weakTag, .noTag: part(body[offset...], "bytes \(offset)-\(last)/\(total)")
    case .ignoredRange: whole(body, tag: "1")
    case .wrongOffset: part(body[...], "bytes 0-\(last)/\(total)")
    case .offsetOneLess: part(body[max(0, offset - 1)...], "bytes \(max(0, offset - 1))-\(last)/\(total)")
    case .wrongTotal: part(body[offset...], "bytes \(offset)-\(last)/\(total + 1)")
    case .noContentRange:
      Answer("HTTP/1.1 206 Partial\nContent-Length: \(total - offset)", body: body[offset...])
    case .garbageContentRange: part(body[offset...], "bytes \(last)-\(offset)/99999999999999999999")
    case .unsatisfiable: Answer("HTTP/1.1 416 No\nContent-Range: bytes */\(total)\nContent-Length: 0")
    case .changedHonoured: whole(Served.second, tag: "2")
    case .changedIgnored:
      part(Served.second[offset...], "bytes \(offset)-\(total - 1)/\(total)", tag: "2")
    case .longBody:
      part(body[offset...] + [1, 2, 3], "bytes \(offset)-\(last)/\(total)", length: total - offset)
    case .longChunked: chunked(body[offset...] + [1, 2, 3], "bytes \(offset)-\(last)/\(total)")
    case .shortAgain:
      part(body[offset...].prefix(10), "bytes \(offset)-\(last)/\(total)", length: total - offset)
    case .dribble:
      request.number < 4
        ? part(body[offset...].prefix(99), "bytes \(offset)-\(last)/\(total)", length: total - offset)
        : part(body[offset...], "bytes \(offset)-\(last)/\(total)")
    case .partWithinPart:
      part(
        body[offset..<min(total, offset + 7000)], "bytes \(offset)-\(min(total, offset + 7000) - 1)/\(total)")
    default: misbehaved(request, from: offset)
    }
  }

  private func misbehaved(_ request: Request, from offset: Int) -> Answer {
    let honest =
      offset == 0
      ? whole(Served.first, tag: "1") : part(Served.first[offset...], "bytes \(offset)-19999/20000")
    return switch self {
    case .errorOnce:
      request.number == 1 ? Answer("HTTP/1.1 500 Oops\nContent-Length: 4", body: Array("oops".utf8)) : honest
    case .errorAlways: Answer("HTTP/1.1 503 Busy\nContent-Length: 0")
    case .missing: Answer("HTTP/1.1 404 Not \u{1B}[31mFound\nContent-Length: 6", body: Array("<html>".utf8))
    case .gzip:
      Answer("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 5", body: [31, 139, 8, 0, 0])
    case .redirectToFile: Answer("HTTP/1.1 302 Go\nLocation: file:///etc/passwd\nContent-Length: 0")
    case .redirectLoop: Answer("HTTP/1.1 302 Go\nLocation: /again\nContent-Length: 0")
    case .redirectToHonest:
      request.path == "/moved"
        ? honest : Answer("HTTP/1.1 302 Go\nLocation: /moved\nContent-Length: 3", body: [1, 2, 3])
    case .noHTTP: Answer("220 mail.example.org ESMTP ready\n")
    default: Answer("")
    }
  }

  private func part(
    _ body: some Collection<UInt8>, _ range: String, tag: String = "1", length: Int? = nil
  ) -> Answer {
    Answer(
      "HTTP/1.1 206 Partial\nContent-Range: \(range)\nContent-Length: \(length ?? body.count)\nETag: \"\(tag)\"",
      body: body)
  }

  private func chunked(_ body: some Collection<UInt8>, _ range: String) -> Answer {
    let size = String(body.count, radix: 16)
    return Answer(
      "HTTP/1.1 206 Partial\nContent-Range: \(range)\nTransfer-Encoding: chunked\nETag: \"1\"",
      body: Array("\(size)\r\n".utf8) + Array(body) + Array("\r\n0\r\n\r\n".utf8))
  }
}
