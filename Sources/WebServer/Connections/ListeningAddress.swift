// The address at which a server listens.

import Failures
import FlyingSocks
import Foundation
import Glibc

/// An IP address and a port.
public struct ListeningAddress: Sendable {
  /// The address as numbers, such as `127.0.0.1` or `::1`.
  public let host: String
  /// The port; 0 for any that is free.
  public let port: UInt16
  private let isVersion6: Bool

  /// - Throws: `Failure` (usage) if `host` is neither `localhost` nor an IP address.
  public init(host: String, port: UInt16) throws {
    self.host = host == "localhost" ? "127.0.0.1" : host
    self.port = port
    isVersion6 = (try? sockaddr_in6.inet6(ip6: self.host, port: port)) != nil
    guard isVersion6 || (try? sockaddr_in.inet(ip4: self.host, port: port)) != nil else {
      throw Failure.usage(
        "'\(host)' is no IP address", at: "--host",
        remedy: "write one of this machine's, or 0.0.0.0 for all of them")
    }
  }

  /// Whether only this machine can reach it.
  public var isLoopback: Bool { host == "::1" || (!isVersion6 && host.hasPrefix("127.")) }

  /// The address as in a URL, with the port.
  public var url: String { "http://\(isVersion6 ? "[\(host)]" : host):\(port)/" }

  /// A socket that listens there.
  func listen() throws -> Socket {
    do {
      let socket = try Socket(domain: isVersion6 ? AF_INET6 : AF_INET)
      do {
        try socket.setValue(true, for: .localAddressReuse)
        try bind(socket)
        try socket.listen(maxPendingConnection: 128)
        return socket
      } catch {
        try? socket.close()
        throw error
      }
    } catch let SocketError.failed(_, code, message) {
      throw failure(code, message)
    }
  }

  private func bind(_ socket: Socket) throws {
    if isVersion6 {
      try socket.bind(to: sockaddr_in6.inet6(ip6: host, port: port))
    } else {
      try socket.bind(to: sockaddr_in.inet(ip4: host, port: port))
    }
  }

  /// The problem of a port that another program uses.
  static let taken = "the port is in use"

  private func failure(_ code: Int32, _ message: String) -> Failure {
    let remedy =
      switch code {
      case EADDRINUSE: "choose another port with --port"
      case EACCES: "choose a port from 1024 on"
      case EADDRNOTAVAIL: "see ip address for this machine's addresses"
      default: "choose another address with --host and --port"
      }
    let problem = code == EADDRINUSE ? Self.taken : "can't listen: \(message)"
    return Failure(.unavailable, problem, at: "\(host), port \(port)", remedy: remedy)
  }
}

extension Failure {
  /// Whether it says that another program uses the port.
  public var isTakenPort: Bool { problem == ListeningAddress.taken }
}
