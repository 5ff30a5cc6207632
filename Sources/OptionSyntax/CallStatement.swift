// One statement of a graph, `name: {sources} chain`, as it is written.

/// A named chain of calls.
public struct CallStatement: Equatable, Sendable {
  /// The name before the colon; nil for a plain chain, which then is the only statement.
  public var name: String?
  /// What the chain reads, in braces before its first call; empty if nothing is named.
  public var sources: [String]
  /// The calls of the chain; empty for a list of references alone.
  public var calls: [CallSyntax]

  /// A statement as it would be written.
  public init(name: String? = nil, sources: [String] = [], calls: [CallSyntax]) {
    self.name = name
    self.sources = sources
    self.calls = calls
  }

  /// The statements of `text`: one without a name, or some with names, separated by semicolons.
  ///
  /// - Parameters:
  ///   - subject: the text's name in messages: `layers`, `loss`.
  ///   - example: how it should look.
  /// - Throws: `Failure` (usage) that gives the position of the first mistake.
  public static func parse(_ text: String, subject: String, example: String) throws -> [CallStatement] {
    var parser = CallParser(text, subject: subject, example: example)
    return try parser.statements()
  }
}

extension CallStatement: CustomStringConvertible {
  /// The statement as it is written.
  public var description: String {
    let sources = sources.isEmpty ? [] : ["{\(sources.joined(separator: " "))}"]
    let chain = (sources + calls.map(\.description)).joined(separator: " ")
    return name.map { "\($0): \(chain)" } ?? chain
  }
}
