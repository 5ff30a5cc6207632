// The values of layers' options as written in a layers string: numbers, flags and names.

import Kernels
import OptionSyntax
import Spelling

extension Int: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard let number = value.word.flatMap({ Int($0) }) else { throw InvalidValue(remedy: "a whole number") }
    self = number
  }

  var written: String { String(self) }
}

extension Float: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard let number = value.word.flatMap({ Float($0) }), number.isFinite else {
      throw InvalidValue(remedy: "a number")
    }
    self = number
  }

  var written: String { String(self) }
}

extension Bool: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard let flag = value.word.flatMap({ Bool($0) }) else { throw InvalidValue(remedy: "true or false") }
    self = flag
  }

  var written: String { String(self) }
}

/// A value that is one of a set of names.
protocol NamedOptionValue: OptionValue, CaseIterable, RawRepresentable where RawValue == String {}

extension NamedOptionValue {
  init(written value: CallSyntax.Value) throws {
    guard let choice = value.word.flatMap({ Self(rawValue: $0) }) else {
      throw InvalidValue(remedy: suggestion(for: value.description, among: Self.allCases.map(\.rawValue)))
    }
    self = choice
  }

  var written: String { rawValue }
}

extension ActivationKind: NamedOptionValue {}
extension MergeMode: NamedOptionValue {}

extension OutputFunction: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard let name = value.word, let function = Self(name: name) else {
      throw InvalidValue(remedy: suggestion(for: value.description, among: Self.names))
    }
    self = function
  }

  var written: String { name }
}

extension Optional: OptionValue where Wrapped: OptionValue {
  init(written value: CallSyntax.Value) throws {
    self = value.word == "none" ? nil : try Wrapped(written: value)
  }

  var written: String { map(\.written) ?? "none" }
}
