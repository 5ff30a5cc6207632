// Reading a call's arguments by position or by key, with an error for unused ones.

import Failures
import Spelling

/// The arguments of a call while they are matched with its options.
public struct CallArguments {
  private let subject: String
  private var positional: [CallSyntax.Value] = []
  private var named: [String: CallSyntax.Value] = [:]
  private var known: Set<String> = []

  /// - Parameters:
  ///   - flags: the options that a bare word turns on.
  ///   - positions: how many arguments may be positional.
  ///   - subject: the call's name in messages: `layer lstm`.
  public init(_ syntax: CallSyntax, subject: String, flags: Set<String> = [], positions: Int) throws {
    self.subject = subject
    for argument in syntax.arguments {
      switch (argument.key, argument.value) {
      case (let key?, let value): try insert(key, value)
      case (nil, .word(let word)) where flags.contains(word): try insert(word, .word("true"))
      case (nil, let value): positional.append(value)
      }
    }
    guard positional.count <= positions else {
      throw refuse(
        "too many positional arguments",
        flags.isEmpty ? nil : "flags: \(flags.sorted().joined(separator: ", "))")
    }
  }

  private mutating func insert(_ key: String, _ value: CallSyntax.Value) throws {
    guard named.updateValue(value, forKey: key) == nil else { throw refuse("'\(key)' is given twice") }
  }

  /// The argument at `position` or with `key`, a word or a call.
  public mutating func value(_ position: Int?, _ key: String) throws -> CallSyntax.Value? {
    known.insert(key)
    let named = named.removeValue(forKey: key)
    guard let position, position < positional.count else { return named }
    guard named == nil else { throw refuse("'\(key)' is given twice") }
    return positional[position]
  }

  /// The argument at `position` or with `key`, as written.
  public mutating func word(_ position: Int?, _ key: String) throws -> String? {
    guard let value = try value(position, key) else { return nil }
    guard case .word(let word) = value else { throw refuse("'\(key)' must be a plain word") }
    return word
  }

  /// Passes the argument at `position` or with `key` to `body`, if it is given; returns whether it is.
  public mutating func take(
    _ position: Int?, _ key: String, _ body: (CallSyntax.Value) throws -> Void
  ) throws -> Bool {
    guard let value = try value(position, key) else { return false }
    do {
      try body(value)
    } catch let unfit as InvalidValue {
      throw refuse("'\(key)' is \(value)", unfit.remedy)
    } catch let failure as Failure {
      // Messages about a nested layer name it; others are prefixed with the key.
      guard failure.problem.hasPrefix("layer ") || failure.problem.hasPrefix("unknown layer") else {
        throw refuse("'\(key)': \(failure.problem)", failure.remedy)
      }
      throw failure
    }
    return true
  }

  /// A whole number from `least` to 2^24.
  public mutating func count(_ position: Int?, _ key: String, atLeast least: Int = 1) throws -> Int? {
    guard let text = try word(position, key) else { return nil }
    guard let value = Int(text), value >= least, value <= 1 << 24 else {
      throw refuse("'\(key)' is \(text)", "a whole number from \(least) to \(1 << 24)")
    }
    return value
  }

  /// A whole number within `range`.
  public mutating func integer(_ position: Int?, _ key: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = try word(position, key) else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw refuse("'\(key)' is \(text)", "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number within `range`, in double precision.
  public mutating func real(_ position: Int?, _ key: String, in range: ClosedRange<Double>) throws -> Double?
  {
    guard let text = try word(position, key) else { return nil }
    guard let value = Double(text), range.contains(value) else {
      throw refuse("'\(key)' is \(text)", "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number within `range`.
  public mutating func number(_ position: Int?, _ key: String, in range: ClosedRange<Float>) throws -> Float?
  {
    guard let text = try word(position, key) else { return nil }
    guard let value = Float(text), range.contains(value) else {
      throw refuse("'\(key)' is \(text)", "a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// `true` or `false`.
  public mutating func flag(_ key: String) throws -> Bool? {
    guard let text = try word(nil, key) else { return nil }
    switch text {
    case "true": return true
    case "false": return false
    default: throw refuse("'\(key)' is \(text)", "true or false")
    }
  }

  /// One of a set of names.
  public mutating func choice(_ position: Int?, _ key: String, of choices: [String]) throws -> String? {
    guard let text = try word(position, key) else { return nil }
    guard choices.contains(text) else {
      throw refuse("'\(key)' is \(text)", suggestion(for: text, among: choices))
    }
    return text
  }

  /// Throws if an argument matches no option.
  public func finish() throws {
    guard let key = named.keys.sorted().first else { return }
    throw refuse("unknown option '\(key)'", suggestion(for: key, among: known.sorted()))
  }

  /// The error for an argument that must be there.
  public func missing(_ key: String) -> Failure { refuse("'\(key)' is missing") }

  /// The error for invalid arguments.
  public func refuse(_ problem: String, _ remedy: String? = nil) -> Failure {
    Failure.usage("\(subject): \(problem)", remedy: remedy)
  }
}
