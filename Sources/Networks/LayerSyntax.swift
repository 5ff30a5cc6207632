// The grammar of a layers string: `name(argument, key=value, flag, layer(...))`, separated by spaces.
// This file only reads the form; what names and keys mean is LayerSpec's business.

import Failures

/// One layer as written: its name and its arguments.
struct LayerSyntax: Equatable {
  /// A value as written.
  enum Value: Equatable {
    case word(String)
    case layer(LayerSyntax)
  }

  /// An argument: by position where it has no key.
  struct Argument: Equatable {
    var key: String?
    var value: Value
  }

  var name: String
  var arguments: [Argument] = []

  /// The layers of `text`; throws `Failure` (usage) that names the place of the first mistake.
  static func parse(_ text: String) throws -> [LayerSyntax] {
    var parser = LayerParser(text)
    return try parser.layers()
  }
}

/// A recursive descent over the characters of a layers string.
private struct LayerParser {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) { characters = Array(text) }

  mutating func layers() throws -> [LayerSyntax] {
    var result: [LayerSyntax] = []
    skipSpaces()
    while position < characters.count {
      result.append(try layer(depth: 0))
      guard position == characters.count || isSpace(characters[position]) else {
        throw mistake("a space between layers is missing")
      }
      skipSpaces()
    }
    guard !result.isEmpty else { throw Failure.usage("no layers given", remedy: "write them as \"lstm(64) dense(1)\"") }
    return result
  }

  private mutating func layer(depth: Int) throws -> LayerSyntax {
    guard depth < 8 else { throw mistake("layers nested too deep") }
    var layer = LayerSyntax(name: try word())
    guard take("(") else { return layer }
    skipSpaces()
    if take(")") { return layer }
    repeat { layer.arguments.append(try argument(depth: depth)) } while take(",")
    guard take(")") else { throw mistake("a closing bracket is missing") }
    return layer
  }

  private mutating func argument(depth: Int) throws -> LayerSyntax.Argument {
    skipSpaces()
    let start = position
    let first = try word()
    skipSpaces()
    if take("=") {
      skipSpaces()
      return LayerSyntax.Argument(key: first, value: .word(try valueWord()))
    }
    if position < characters.count, characters[position] == "(" {
      position = start
      let inner = try layer(depth: depth + 1)
      skipSpaces()
      return LayerSyntax.Argument(key: nil, value: .layer(inner))
    }
    return LayerSyntax.Argument(key: nil, value: .word(first))
  }

  private mutating func valueWord() throws -> String {
    let value = try word()
    skipSpaces()
    return value
  }

  private mutating func word() throws -> String {
    let start = position
    while position < characters.count, isWord(characters[position]) { position += 1 }
    guard position > start else {
      if position < characters.count, "{}:;".contains(characters[position]) {
        throw mistake("'\(characters[position])' is reserved for graphs")
      }
      throw mistake(position < characters.count ? "'\(characters[position])' is not expected" : "it ends too early")
    }
    return String(characters[start..<position])
  }

  private mutating func take(_ character: Character) -> Bool {
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }

  private mutating func skipSpaces() {
    while position < characters.count, isSpace(characters[position]) { position += 1 }
  }

  private func isSpace(_ character: Character) -> Bool { character.isWhitespace }

  private func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_.-+".contains(character))
  }

  private func mistake(_ problem: String) -> Failure {
    Failure.usage(
      "layers, character \(position + 1): \(problem)",
      remedy: "layers look like \"embedding(10000,128) lstm(64,return_sequences) dense(1,sigmoid)\"")
  }
}
