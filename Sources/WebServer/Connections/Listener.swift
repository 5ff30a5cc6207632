// A socket that listens, before anything is served there: whoever makes the handler may need to know the port.

import FlyingSocks

/// A listening socket.
public struct Listener: Sendable {
  /// The address, with the port that the system chose if any was allowed.
  public let address: ListeningAddress
  let socket: Socket

  /// Listens at an address.
  /// - Parameter address: where; with port 0, at any port that is free.
  /// - Throws: `Failure` (unavailable) if the port is in use or may not be used.
  public init(_ address: ListeningAddress) throws {
    socket = try address.listen()
    guard address.port == 0 else {
      self.address = address
      return
    }
    switch try socket.sockname() {
    case .ip4(_, let port), .ip6(_, let port):
      self.address = try ListeningAddress(host: address.host, port: port)
    case .unix: self.address = address
    }
  }
}
