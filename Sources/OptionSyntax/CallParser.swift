// The parser for calls and statements. The grammar:
//
//   graph     = statement { ";" statement } [ ";" ] | chain
//   statement = name ":" [ "{" reference { " " reference } "}" ] chain
//   chain     = call { " " call }
//   call      = name [ "(" [ argument { "," argument } ] ")" ]
//   argument  = value | flag | key "=" value
//   value     = word of letters, digits and _ . - + | call | "{" chain "}"

import Failures

/// A recursive descent parser over the characters of a text.
struct CallParser {
  private let characters: [Character]
  private var position = 0
  private let subject: String
  private let example: String
  /// Whether chains can have names, as the statements of a graph do.
  private var hasNames = false

  /// - Parameters:
  ///   - subject: the text's name in messages.
  ///   - example: how it should look.
  init(_ text: String, subject: String, example: String) {
    characters = Array(text)
    self.subject = subject
    self.example = example
  }

  /// Parses calls up to the end of the text.
  mutating func calls() throws -> [CallSyntax] {
    skipSpaces()
    let result = try chain(depth: 0)
    guard position == characters.count else { throw unexpected }
    guard !result.isEmpty else { throw mistake("nothing is given") }
    return result
  }

  /// Parses statements up to the end of the text.
  mutating func statements() throws -> [CallStatement] {
    var result: [CallStatement] = []
    hasNames = true
    skipSpaces()
    repeat {
      let start = position
      let statement = try statement()
      guard result.isEmpty || (statement.name != nil && result[0].name != nil) else {
        position = start
        throw mistake("every statement of a graph needs a name", "begin it with NAME:")
      }
      result.append(statement)
    } while take(";") && !isAtEnd()
    guard position == characters.count else { throw unexpected }
    return result
  }

  private mutating func statement() throws -> CallStatement {
    let name = name()
    let sources = take("{") ? try group(depth: 0) : []
    for source in sources where !source.arguments.isEmpty {
      throw mistake("{...} before a chain must hold names, not calls")
    }
    skipSpaces()
    let calls = try chain(depth: 0)
    guard !calls.isEmpty || !sources.isEmpty else { throw mistake("nothing is given") }
    return CallStatement(name: name, sources: sources.map(\.name), calls: calls)
  }

  /// A word and a colon, if they are next.
  private mutating func name() -> String? {
    let start = position
    while position < characters.count, isWord(characters[position]) { position += 1 }
    let word = String(characters[start..<position])
    skipSpaces()
    guard !word.isEmpty, take(":") else {
      position = start
      return nil
    }
    skipSpaces()
    return word
  }

  /// Calls separated by spaces, as far as they go.
  private mutating func chain(depth: Int) throws -> [CallSyntax] {
    var result: [CallSyntax] = []
    while position < characters.count, !"};".contains(characters[position]) {
      result.append(try call(depth: depth))
      guard
        position == characters.count || isSpace(characters[position]) || "};".contains(characters[position])
      else { throw isWord(characters[position]) ? mistake("a space is missing") : unexpected }
      skipSpaces()
    }
    return result
  }

  /// The contents of braces; the opening brace has been read.
  private mutating func group(depth: Int) throws -> [CallSyntax] {
    skipSpaces()
    let calls = try chain(depth: depth)
    guard !calls.isEmpty else { throw mistake("the braces are empty") }
    guard take("}") else { throw mistake("a closing brace is missing") }
    return calls
  }

  private mutating func call(depth: Int) throws -> CallSyntax {
    guard depth < 8 else { throw mistake("parentheses are nested too deeply") }
    var call = CallSyntax(name: try word())
    guard take("(") else { return call }
    skipSpaces()
    if take(")") { return call }
    repeat { call.arguments.append(try argument(depth: depth)) } while take(",")
    guard take(")") else { throw mistake("a closing parenthesis is missing") }
    return call
  }

  private mutating func argument(depth: Int) throws -> CallSyntax.Argument {
    skipSpaces()
    let start = position
    if position < characters.count, characters[position] == "{" {
      return CallSyntax.Argument(key: nil, value: try value(depth: depth))
    }
    let first = try word(andColons: true)
    skipSpaces()
    guard take("=") else {
      position = start
      return CallSyntax.Argument(key: nil, value: try value(depth: depth))
    }
    skipSpaces()
    return CallSyntax.Argument(key: first, value: try value(depth: depth))
  }

  /// A word, a call if a parenthesis follows it, or calls in braces.
  private mutating func value(depth: Int) throws -> CallSyntax.Value {
    if take("{") {
      let calls = try group(depth: depth + 1)
      skipSpaces()
      return .group(calls)
    }
    let start = position
    let first = try word(andColons: true)
    skipSpaces()
    guard position < characters.count, characters[position] == "(" else { return .word(first) }
    position = start
    let inner = try call(depth: depth + 1)
    skipSpaces()
    return .call(inner)
  }

  /// Letters, digits and `_.-+`; colons, which separate the numbers of a list, only in arguments.
  private mutating func word(andColons: Bool = false) throws -> String {
    let start = position
    while position < characters.count,
      isWord(characters[position]) || andColons && characters[position] == ":"
    {
      position += 1
    }
    guard position > start else { throw unexpected }
    return String(characters[start..<position])
  }

  private mutating func take(_ character: Character) -> Bool {
    guard position < characters.count, characters[position] == character else { return false }
    position += 1
    return true
  }

  private mutating func isAtEnd() -> Bool {
    skipSpaces()
    return position == characters.count
  }

  private mutating func skipSpaces() {
    while position < characters.count, isSpace(characters[position]) { position += 1 }
  }

  private func isSpace(_ character: Character) -> Bool { character.isWhitespace }

  private func isWord(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_.-+".contains(character))
  }

  private var unexpected: Failure {
    guard position < characters.count else { return mistake("it ends too early") }
    switch characters[position] {
    case ")": return mistake("')' has no opening parenthesis", "remove it")
    case "=" where hasNames: return mistake("'=' is not expected", "a name is followed by a colon: NAME:")
    case let character: return mistake("'\(character)' is not expected")
    }
  }

  private func mistake(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.usage(
      "\(subject), character \(position + 1): \(problem)", remedy: remedy ?? "such as \"\(example)\"")
  }
}
