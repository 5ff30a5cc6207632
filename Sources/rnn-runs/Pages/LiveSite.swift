// What the server shows: the page, the runs, those that have changed, curves, and pictures. The registry is read on a queue
// of its own, one request at a time, so that the threads that serve connections never wait for it.

import Dispatch
import Failures
import Foundation
import JSON
import Registry
import RunPages
import Stage
import WebServer

/// The site.
final class LiveSite: Sendable {
  private let location: RegistryLocation
  private let runs: PageRuns
  private let settings: PageSettings
  private let document: Reply
  private let queue = DispatchQueue(label: "registry")
  /// The last answer with all runs, and the state of the registry's file for which it holds. Used on the queue.
  private nonisolated(unsafe) var known: (state: [Int64], reply: [UInt8])?

  /// The most runs that one request may name.
  private static let mostNamed = 128
  /// The most new runs in one answer; the next request gets the others.
  private static let mostNew = 500

  /// - Throws: `Failure` if the page can't be made.
  init(_ location: RegistryLocation, _ runs: PageRuns, _ settings: PageSettings) throws {
    (self.location, self.runs, self.settings) = (location, runs, settings)
    let page = try PageDocument(title: settings.title, language: settings.language).live()
    document = Reply(
      .ok, type: "text/html; charset=utf-8", Array(page.text.utf8), [("Content-Security-Policy", page.policy)]
    )
  }

  /// What is shown, by path.
  var routes: [Route] {
    [
      .get("/") { [document] _ in document },
      route("/data") { site, request in site.compressed(try site.allRuns(), for: request) },
      route("/changes") { site, request in site.compressed(try site.changes(request), for: request) },
      route("/curves") { site, request in try site.curves(request) },
      route("/picture") { site, request in try site.picture(request) },
    ]
  }

  /// Something that is read from the registry, on the queue.
  private func route(
    _ path: String, _ answer: @escaping @Sendable (LiveSite, Request) throws -> Reply
  ) -> Route {
    .get(path) { request in
      await withCheckedContinuation { continuation in
        self.queue.async { continuation.resume(returning: self.reply { try answer(self, request) }) }
      }
    }
  }

  private func reply(_ answer: () throws -> Reply) -> Reply {
    do {
      return try answer()
    } catch let failure as Failure {
      return Reply(failure.kind == .usage ? .badRequest : .failed, printable(failure.description))
    } catch {
      return Reply(.failed, "the registry can't be read")
    }
  }

  /// Compressed JSON. All browsers can read it; other clients must ask for it.
  private func compressed(_ bytes: [UInt8], for request: Request) -> Reply {
    guard request.fields["accept-encoding"]?.lowercased().contains("deflate") == true else {
      return Reply(.badRequest, "this answer is compressed: send Accept-Encoding: deflate")
    }
    return Reply(.ok, type: "application/json", bytes, [("Content-Encoding", "deflate")])
  }

  private func allRuns() throws -> [UInt8] {
    let registry = try Registry(location)
    let state = fileState()
    if let known, !state.isEmpty, known.state == state { return known.reply }
    let (found, older) = try runs.selected(registry)
    let reply = try PageData(registry, settings).live(found, leavingOut: older)
    known = (state, reply)
    return reply
  }

  /// The size and the time of the last change of the registry's file; empty if they can't be known.
  private func fileState() -> [Int64] {
    var status = stat()
    guard stat(location.path, &status) == 0 else { return [] }
    return [Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec)]
  }

  /// Runs that started after the one that the client knows as the newest, and those that it names.
  private func changes(_ request: Request) throws -> [UInt8] {
    let registry = try Registry(location)
    let named = try registry.runs(withIDs: try names(request))
    let new = try registry.runs(after: request.values("after").last ?? "", limit: Self.mostNew)
    let found = try passing(new, registry) + named.filter { run in !new.contains { $0.id == run.id } }
    return try PageData(registry, settings).live(found.sorted { $0.id > $1.id }, leavingOut: 0)
  }

  /// Those of the new runs that the page's filter selects.
  private func passing(_ new: [Run], _ registry: Registry) throws -> [Run] {
    guard let first = new.first, !runs.selection.isEmpty else { return new }
    var filter = try runs.selection.filter()
    filter.since = max(filter.since ?? first.startedAt, first.startedAt)
    let ids = Set(new.map(\.id))
    return try registry.runs(filter).filter { ids.contains($0.id) }
  }

  private func curves(_ request: Request) throws -> Reply {
    let registry = try Registry(location)
    let known = try registry.runs(withIDs: try names(request)).map(\.id)
    return Reply(.ok, type: "application/json", try PageData(registry, settings).curves(of: known))
  }

  private func names(_ request: Request) throws -> [String] {
    let names = request.values("run")
    guard names.count <= Self.mostNamed else {
      throw Failure.usage("more than \(Self.mostNamed) runs are named")
    }
    return names
  }

  /// A picture that a run wrote, by the run's id and the output's position: no path ever comes from a client. An SVG picture
  /// may not run scripts, even if it is opened by itself.
  private func picture(_ request: Request) throws -> Reply {
    let registry = try Registry(location)
    guard let id = request.values("run").last,
      let position = request.values("output").last.flatMap({ Int($0) }),
      let output = try registry.files(of: [id])[id]?.outputs.first(where: { $0.position == position })?
        .output,
      RecordedPicture.isPossible(output.artifact.kind), let path = output.path,
      let hash = output.artifact.hash
    else { return Reply(.notFound, "there is no such picture") }
    do {
      let picture = try RecordedPicture(path: path, hash: hash, limit: settings.limits.pictures)
      return Reply(
        .ok, type: picture.kind.type, picture.bytes,
        [("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")])
    } catch {
      return Reply(.gone, "the file is not as the run wrote it")
    }
  }
}
