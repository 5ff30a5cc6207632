// The names of the classes, in the order of their ids: what stands behind the integers of `y`.

import Failures
import TensorFile

/// Class names in id order (`rnn.classes`).
public struct ClassNames: Sendable, Equatable {
  /// The most classes a stream of text may have; more, and the labels are something else.
  public static let limit = 1 << 16
  private static let key = "rnn.classes"

  /// The names; a name's position is its id.
  public private(set) var names: [String] = []
  private var ids: [String: Int32] = [:]

  /// No classes yet.
  public init() {}

  /// - Throws: `Failure(.usage)` where a name is empty or occurs twice, or there are too many.
  public init(_ names: [String]) throws(Failure) {
    for name in names {
      guard !name.isEmpty else { throw Failure.usage("a class name is empty") }
      guard ids[name] == nil else { throw Failure.usage("the class \(name) is named twice") }
      try add(name)
    }
  }

  /// How many classes there are.
  public var count: Int { names.count }

  /// The id of `name`, nil where there is no such class.
  public func id(of name: String) -> Int32? { ids[name] }

  /// The name of class `id`, nil beyond the classes.
  public func name(_ id: Int) -> String? { names.indices.contains(id) ? names[id] : nil }

  /// Gives `name` the next id.
  @discardableResult
  mutating func add(_ name: String) throws(Failure) -> Int32 {
    guard names.count < Self.limit else {
      throw Failure.data(
        "more than \(Self.limit) different labels",
        remedy: "a text with a tab of its own needs it written \\t")
    }
    let id = Int32(names.count)
    names.append(name)
    ids[name] = id
    return id
  }

  /// Reads a stream's or a model's class names; nil where it has none.
  public init?(header: StreamHeader) throws {
    guard let names = try header.sideNames(Self.key) else { return nil }
    do {
      try self.init(names.map { String(decoding: $0, as: UTF8.self) })
    } catch { throw damaged(Self.key) }
  }

  /// Writes the names into a header.
  public func write(into header: inout StreamHeader) {
    let bytes = names.map { Array($0.utf8) }
    header.setSideNames(Self.key, values: Array(bytes.joined()), lengths: bytes.map { Int32($0.count) })
  }
}
