// The names of the classes: what the integers in `y` stand for.

import Failures
import JSON
import TensorFile

/// Class names in the order of their ids (`rnn.classes`).
public struct ClassNames: Sendable, Equatable {
  /// The maximum number of classes in a text stream; more distinct labels are not classes.
  public static let limit = 1 << 16
  private static let key = "rnn.classes"

  /// The names; the index of a name is its id.
  public private(set) var names: [String] = []
  private var ids: [String: Int32] = [:]
  /// Whether a row can have any number of the classes rather than exactly one: `y` then has a column for each.
  public var allowsSeveral = false

  /// No classes yet.
  public init() {}

  /// - Throws: `Failure(.usage)` if a name is empty or repeated, or if there are too many.
  public init(_ names: [String]) throws(Failure) {
    for name in names {
      guard !name.isEmpty else { throw Failure.usage("a class name is empty") }
      guard ids[name] == nil else { throw Failure.usage("the class \(name) is listed twice") }
      try add(name)
    }
  }

  /// The number of classes.
  public var count: Int { names.count }

  /// The id of `name`; nil if there is no such class.
  public func id(of name: String) -> Int32? { ids[name] }

  /// The name of class `id`; nil if there is no such class.
  public func name(_ id: Int) -> String? { names.indices.contains(id) ? names[id] : nil }

  /// Assigns the next id to `name`.
  @discardableResult
  mutating func add(_ name: String) throws(Failure) -> Int32 {
    guard names.count < Self.limit else {
      throw Failure.data(
        "more than \(Self.limit) different labels",
        remedy: "write a tab within a text as \\t")
    }
    let id = Int32(names.count)
    names.append(name)
    ids[name] = id
    return id
  }

  /// Reads the class names of a stream or a model; nil if it has none.
  public init?(header: StreamHeader) throws {
    guard let names = try header.sideNames(Self.key) else { return nil }
    do {
      try self.init(names.map { String(decoding: $0, as: UTF8.self) })
    } catch { throw damagedMetadata(Self.key) }
    allowsSeveral = try header.object(Self.key)?["several"]?.bool ?? false
  }

  /// Writes the names into a header.
  public func write(into header: inout StreamHeader) {
    let bytes = names.map { Array($0.utf8) }
    header.setSideNames(Self.key, values: Array(bytes.joined()), lengths: bytes.map { Int32($0.count) })
    header.metadata[Self.key] = allowsSeveral ? JSONValue.object(["several": .bool(true)]).text : nil
  }
}
