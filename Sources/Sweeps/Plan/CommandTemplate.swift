// The command of a sweep, in which the names of parameters in braces stand for their values.

import Failures
import Spelling

/// Words of a command line with placeholders such as `{units}`.
public struct CommandTemplate: Sendable, Equatable {
  /// The words as given.
  public let words: [String]

  /// The command line `words`, the program first.
  public init(_ words: [String]) { self.words = words }

  /// The names in braces; braces around anything that is no name belong to the command itself.
  public var names: [String] {
    words.flatMap { CommandTemplate.pieces($0).compactMap(\.name) }
  }

  /// Whether the command has a placeholder.
  public func has(_ name: String) -> Bool { names.contains(name) }

  /// The words with values in the place of names; names without a value remain, since braces may have another meaning in
  /// the command.
  public func filled(with values: [String: String]) -> [String] {
    words.map { word in
      CommandTemplate.pieces(word).map { piece in
        piece.name.flatMap { values[$0] } ?? piece.text
      }.joined()
    }
  }

  /// Refuses a name in braces that is most likely a misspelled one.
  /// - Parameter known: what can be in braces.
  /// - Throws: `Failure` (usage).
  public func check(against known: [String]) throws(Failure) {
    let used = Set(names)
    for name in names where !known.contains(name) {
      if let meant = nearestWord(to: name, among: known), !used.contains(meant) {
        throw .usage("there is no parameter for {\(name)} in the command", remedy: "did you mean {\(meant)}?")
      }
    }
  }

  private struct Piece {
    let text: String
    /// The name, of a placeholder.
    var name: String?
  }

  /// A word as text and placeholders, which alternate.
  private static func pieces(_ word: String) -> [Piece] {
    var (pieces, rest) = ([Piece](), word[...])
    while let open = rest.firstIndex(of: "{") {
      let inner = rest[rest.index(after: open)...].prefix { $0 != "}" && $0 != "{" }
      pieces.append(Piece(text: String(rest[..<open])))
      guard inner.endIndex < rest.endIndex, rest[inner.endIndex] == "}", SpaceText.isName(String(inner))
      else {
        pieces.append(Piece(text: "{"))
        rest = rest[rest.index(after: open)...]
        continue
      }
      pieces.append(Piece(text: "{\(inner)}", name: String(inner)))
      rest = rest[rest.index(after: inner.endIndex)...]
    }
    return pieces + [Piece(text: String(rest))]
  }
}
