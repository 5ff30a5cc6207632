// The values that layers' options have, as a layers string writes them: numbers, switches and names.

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

/// A value that is one of some names.
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

extension Dense.Function: OptionValue {
  init(written value: CallSyntax.Value) throws {
    let names = ActivationKind.allCases.map(\.rawValue) + ["softmax"]
    guard let name = value.word, names.contains(name) else {
      throw InvalidValue(remedy: suggestion(for: value.description, among: names))
    }
    self.init(name: name)
  }

  var written: String { name }

  /// The function of Keras's name; linear for one that is none.
  init(name: String) {
    self = name == "softmax" ? .softmax : .elementwise(ActivationKind(rawValue: name) ?? .linear)
  }

  /// Keras's name.
  public var name: String {
    switch self {
    case .softmax: "softmax"
    case .elementwise(let kind): kind.rawValue
    }
  }
}

extension Optional: OptionValue where Wrapped: OptionValue {
  init(written value: CallSyntax.Value) throws {
    self = value.word == "none" ? nil : try Wrapped(written: value)
  }

  var written: String { map(\.written) ?? "none" }
}
