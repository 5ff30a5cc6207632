// Responses of an HTTP server that answers every request with the input, downloaded as rnn-download does.

import ByteStreams
import Datasets
import Failures
import Foundation
import Glibc

/// The server and the client, in one process.
final class ResponseFuzzing: @unchecked Sendable {
  static let shared = ResponseFuzzing()
  private let lock = NSLock()
  private var answer: [UInt8] = []
  private let listener: Int32
  private let port: Int
  private let folder: String

  private init() {
    signal(SIGPIPE, SIG_IGN)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && listen(listener, 64) == 0
          && getsockname(listener, $0, &length) == 0
      }
    }
    guard isListening else { report("can't listen on 127.0.0.1") }
    port = Int(UInt16(bigEndian: address.sin_port))
    // Whatever server a redirect leads to, the request comes here.
    for name in ["http_proxy", "https_proxy"] { setenv(name, "http://127.0.0.1:\(port)", 1) }
    unsetenv("no_proxy")
    unsetenv("NO_PROXY")
    folder = NSTemporaryDirectory() + "/fuzzed-downloads-\(getpid())"
    Thread.detachNewThread { [self] in serve() }
  }

  /// Downloads a file whose every response is `input`.
  func read(_ input: [UInt8]) throws {
    lock.withLock { answer = input }
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var fetch = Fetch(cache: try Cache(folder: folder))
    (fetch.attempts, fetch.firstPause, fetch.stallSeconds) = (2, 0, 1)
    let file = try fetch.file(at: Location("http://127.0.0.1:\(port)/data.bin"), checksum: nil)
    guard Self.contains(input, try Data(contentsOf: URL(fileURLWithPath: file.path))) else {
      report("the file is not what the server sent")
    }
  }

  /// Whether a file can have come from a response: as a part of it, or in chunks.
  private static func contains(_ response: [UInt8], _ file: Data) -> Bool {
    file.isEmpty || Data(response).range(of: file) != nil
      || String(decoding: response, as: UTF8.self).lowercased().contains("chunked")
  }

  private func serve() {
    while case let connection = accept(listener, nil, nil), connection >= 0 {
      converse(connection)
      close(connection)
    }
  }

  private func converse(_ connection: Int32) {
    var request = [UInt8](repeating: 0, count: 4096)
    guard Glibc.read(connection, &request, request.count) > 0 else { return }
    var rest = lock.withLock { answer }[...]
    while !rest.isEmpty {
      let sent = Array(rest).withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
      if sent <= 0 { break }
      rest = rest.dropFirst(sent)
    }
    shutdown(connection, Int32(SHUT_WR))
    while Glibc.read(connection, &request, request.count) > 0 {}
  }
}
