// The syntax of layers strings, and of the options that look like one (losses, optimizers, callbacks):
// `name(argument, key=value, flag, inner(...), key=inner(...), {calls})`, calls separated by spaces. These types
// represent the syntax; the code that reads them gives names and keys their meaning.

import Failures

/// One call as written: its name and its arguments.
public struct CallSyntax: Equatable, Sendable {
  /// A value as written.
  public indirect enum Value: Equatable, Sendable {
    /// A bare word or number.
    case word(String)
    /// A call as an argument.
    case call(CallSyntax)
    /// Calls in braces: a chain of layers, or references.
    case group([CallSyntax])
  }

  /// An argument: by position if it has no key.
  public struct Argument: Equatable, Sendable {
    /// The key before `=`.
    public var key: String?
    /// The argument's value.
    public var value: Value
  }

  /// The name before the parentheses.
  public var name: String
  /// The arguments in parentheses.
  public var arguments: [Argument]

  /// A call as it would be written.
  public init(name: String, arguments: [Argument] = []) {
    self.name = name
    self.arguments = arguments
  }

  /// The calls of `text`; throws `Failure` (usage) that gives the position of the first mistake.
  ///
  /// - Parameters:
  ///   - subject: the text's name in messages: `layers`, `optimizer`.
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
  /// The word; nil for a call or a group.
  public var word: String? { if case .word(let word) = self { word } else { nil } }

  /// The call; a bare word is one without arguments. Nil for a group.
  public var call: CallSyntax? {
    switch self {
    case .word(let word): CallSyntax(name: word)
    case .call(let call): call
    case .group: nil
    }
  }
}

extension CallSyntax.Value: CustomStringConvertible {
  /// The value as it is written.
  public var description: String {
    switch self {
    case .word(let word): word
    case .call(let call): call.description
    case .group(let calls): "{\(calls.map(\.description).joined(separator: " "))}"
    }
  }
}
