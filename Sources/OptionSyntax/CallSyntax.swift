// The grammar of a layers string, and of the options that look like it (optimizers, callbacks):
// `name(argument, key=value, flag, inner(...), key=inner(...))`, calls separated by spaces.
// This file only reads the form; what names and keys mean is the business of whoever asks.

import Failures

/// One call as written: its name and its arguments.
public struct CallSyntax: Equatable, Sendable {
  /// A value as written.
  public indirect enum Value: Equatable, Sendable {
    /// A bare word or number.
    case word(String)
    /// A call as an argument.
    case call(CallSyntax)
  }

  /// An argument: by position where it has no key.
  public struct Argument: Equatable, Sendable {
    /// The key before `=`.
    public var key: String?
    /// What stands behind it.
    public var value: Value
  }

  /// The name before the brackets.
  public var name: String
  /// What stands in them.
  public var arguments: [Argument]

  /// A call as it would be written.
  public init(name: String, arguments: [Argument] = []) {
    self.name = name
    self.arguments = arguments
  }

  /// The calls of `text`; throws `Failure` (usage) that names the place of the first mistake.
  ///
  /// - Parameters:
  ///   - subject: what the text is, for messages: `layers`, `optimizer`.
  ///   - example: how it should look.
  public static func parse(_ text: String, subject: String, example: String) throws -> [CallSyntax] {
    var parser = CallParser(text, subject: subject, example: example)
    return try parser.calls()
  }
}

extension CallSyntax: CustomStringConvertible {
  /// The call as it is written.
  public var description: String {
    let arguments = arguments.map { argument in
      (argument.key.map { "\($0)=" } ?? "") + argument.value.description
    }
    return arguments.isEmpty ? name : "\(name)(\(arguments.joined(separator: ",")))"
  }
}

extension CallSyntax.Value {
  /// The word; nil for a call.
  public var word: String? { if case .word(let word) = self { word } else { nil } }

  /// The call; a bare word is one without arguments.
  public var asCall: CallSyntax {
    switch self {
    case .word(let word): CallSyntax(name: word)
    case .call(let call): call
    }
  }
}

extension CallSyntax.Value: CustomStringConvertible {
  /// The value as it is written.
  public var description: String {
    switch self {
    case .word(let word): word
    case .call(let call): call.description
    }
  }
}

/// A recursive descent over the characters of a layers string.
private struct CallParser {
  private let characters: [Character]
  private var position = 0

  private let subject: String
  private let example: String

  init(_ text: String, subject: String, example: String) {
    characters = Array(text)
    self.subject = subject
    self.example = example
  }

  mutating func calls() throws -> [CallSyntax] {
    var result: [CallSyntax] = []
    skipSpaces()
    while position < characters.count {
      result.append(try call(depth: 0))
      guard position == characters.count || isSpace(characters[position]) else {
        throw mistake("a space is missing")
      }
      skipSpaces()
    }
    guard !result.isEmpty else { throw mistake("nothing is given") }
    return result
  }

  private mutating func call(depth: Int) throws -> CallSyntax {
    guard depth < 8 else { throw mistake("brackets are nested too deep") }
    var call = CallSyntax(name: try word())
    guard take("(") else { return call }
    skipSpaces()
    if take(")") { return call }
    repeat { call.arguments.append(try argument(depth: depth)) } while take(",")
    guard take(")") else { throw mistake("a closing bracket is missing") }
    return call
  }

  private mutating func argument(depth: Int) throws -> CallSyntax.Argument {
    skipSpaces()
    let start = position
    let first = try word()
    skipSpaces()
    guard take("=") else {
      position = start
      return CallSyntax.Argument(key: nil, value: try value(depth: depth))
    }
    skipSpaces()
    return CallSyntax.Argument(key: first, value: try value(depth: depth, isNamed: true))
  }

  /// A word, or a call where a bracket follows it.
  private mutating func value(depth: Int, isNamed: Bool = false) throws -> CallSyntax.Value {
    let start = position
    let first = try word(andColons: isNamed)
    skipSpaces()
    guard position < characters.count, characters[position] == "(" else { return .word(first) }
    position = start
    let inner = try call(depth: depth + 1)
    skipSpaces()
    return .call(inner)
  }

  /// Letters, digits and `_.-+`; colons, which part the numbers of a list, stand in values of keys alone.
  private mutating func word(andColons: Bool = false) throws -> String {
    let start = position
    while position < characters.count,
      isWord(characters[position]) || andColons && characters[position] == ":"
    {
      position += 1
    }
    guard position > start else {
      if position < characters.count, "{}:;".contains(characters[position]) {
        throw mistake("'\(characters[position])' is reserved for graphs")
      }
      throw mistake(
        position < characters.count ? "'\(characters[position])' is not expected" : "it ends too early")
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
    Failure.usage("\(subject), character \(position + 1): \(problem)", remedy: "such as \"\(example)\"")
  }
}
