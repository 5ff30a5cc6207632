// What a client asks for, after its head has been checked.

/// A request.
public struct Request: Sendable, Equatable {
  /// `GET`, `HEAD`, `POST`, or any other method.
  public let method: String
  /// The path as it was sent, without the query; never decoded, so that it can only be compared with known paths.
  public let path: String
  /// The query's parameters, decoded, in order.
  public let query: [QueryItem]
  /// The fields of the head by name in lower case.
  public let fields: [String: String]
  /// The content, once it has been read.
  public var body: [UInt8] = []

  /// A parameter of a query.
  public struct QueryItem: Sendable, Equatable {
    /// The name.
    public let name: String
    /// The value; empty if there is none.
    public let value: String

    /// `name=value`.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// A request with these parts.
  public init(method: String, path: String, query: [QueryItem] = [], fields: [String: String] = [:]) {
    (self.method, self.path, self.query, self.fields) = (method, path, query, fields)
  }

  /// The values of the parameter `name`, in order.
  public func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

  /// The value of the cookie `name`.
  public func cookie(_ name: String) -> String? {
    let pairs = (fields["cookie"] ?? "").split(separator: ";").map { pair in
      pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    }
    return pairs.first { $0.first == name[...] && $0.count == 2 }?.last.map(String.init)
  }
}
