// A small HTTP server on the loopback interface with responses defined by a test, valid or invalid.

import Foundation
import Glibc

/// A request as received by the server.
struct Request: Sendable {
  /// The number of earlier requests.
  let number: Int
  /// The lines of the head.
  let text: String

  /// The requested path.
  var path: String { text.split(separator: " ").dropFirst().first.map(String.init) ?? "" }

  /// The value of a header line.
  subscript(name: String) -> String? {
    for line in text.components(separatedBy: "\r\n")
    where line.lowercased().hasPrefix(name.lowercased() + ":") {
      return line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces)
    }
    return nil
  }

  /// The N of `Range: bytes=N-`.
  var offset: Int? {
    guard let range = self["Range"], range.hasPrefix("bytes="), range.hasSuffix("-") else { return nil }
    return Int(range.dropFirst(6).dropLast())
  }
}

/// The bytes of the response.
struct Answer: Sendable {
  var bytes: [UInt8]
  /// How long the connection stays open after the last byte.
  var holdSeconds = 0.0

  init(_ head: String, body: some Collection<UInt8> = [UInt8](), holdSeconds: Double = 0) {
    bytes = Array((head.replacingOccurrences(of: "\n", with: "\r\n") + "\r\n\r\n").utf8) + Array(body)
    self.holdSeconds = holdSeconds
  }
}

/// Listens until it is stopped; each connection is served by a separate thread.
final class HostileServer: @unchecked Sendable {
  let port: Int
  private let descriptor: Int32
  private let answer: @Sendable (Request) -> Answer
  private let lock = NSLock()
  private var seen: [Request] = []

  init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
    self.answer = answer
    // Responses to a client that has disconnected must not end the test process.
    signal(SIGPIPE, SIG_IGN)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 64) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in serve() }
  }

  /// The requests so far.
  var requests: [Request] { lock.withLock { seen } }

  func address(_ path: String = "/data.bin") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Ends `accept`, after which its thread closes the socket: closed here, its number could already be that of another test's
  /// socket when the thread accepts from it once more.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve() {
    defer { close(descriptor) }
    while true {
      let connection = accept(descriptor, nil, nil)
      if connection < 0 { return }
      Thread.detachNewThread { [self] in converse(connection) }
    }
  }

  private func converse(_ connection: Int32) {
    defer { close(connection) }
    guard let text = readHead(connection) else { return }
    let request = lock.withLock {
      seen.append(Request(number: seen.count, text: text))
      return seen[seen.count - 1]
    }
    let answer = answer(request)
    send(answer.bytes, to: connection)
    if answer.holdSeconds > 0 { Thread.sleep(forTimeInterval: answer.holdSeconds) }
    // A reset would discard data that was sent; an orderly end does not.
    shutdown(connection, Int32(SHUT_WR))
    var rest = [UInt8](repeating: 0, count: 1024)
    while read(connection, &rest, rest.count) > 0 {}
  }

  private func readHead(_ connection: Int32) -> String? {
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
      guard read(connection, &byte, 1) == 1 else { return nil }
      head.append(byte)
    }
    return String(decoding: head, as: UTF8.self)
  }

  private func send(_ bytes: [UInt8], to connection: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        write(connection, $0.baseAddress?.advanced(by: sent), bytes.count - sent)
      }
      if count <= 0 { return }
      sent += count
    }
  }
}
