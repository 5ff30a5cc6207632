// What a layer is, before it is built: the typed form of one entry of a layers string, and back.

import Failures
import Kernels

/// A layer's kind and options.
public indirect enum LayerSpec: Sendable, Equatable {
  case embedding(vocabulary: Int, width: Int)
  case simpleRNN(RecurrentOptions)
  case lstm(RecurrentOptions)
  case gru(RecurrentOptions)
  case bidirectional(LayerSpec, merge: MergeMode)
  case dropout(rate: Float)
  case dense(units: Int, Dense.Function, useBias: Bool)

  /// The layers of a layers string; throws `Failure` (usage) with the nearest known name.
  public static func parse(_ text: String) throws -> [LayerSpec] {
    try CallSyntax.parse(
      text, subject: "layers", example: "embedding(10000,128) lstm(64,return_sequences) dense(1,sigmoid)"
    ).map(LayerSpec.init)
  }

  /// The names that a layers string can use.
  static let names = ["embedding", "simple_rnn", "lstm", "gru", "bidirectional", "dropout", "dense"]

  init(_ syntax: CallSyntax) throws {
    switch syntax.name {
    case "embedding": self = try Self.embedding(syntax)
    case "simple_rnn": self = .simpleRNN(try Self.recurrent(syntax))
    case "lstm": self = .lstm(try Self.recurrent(syntax))
    case "gru": self = .gru(try Self.recurrent(syntax))
    case "bidirectional": self = try Self.bidirectional(syntax)
    case "dropout": self = try Self.dropout(syntax)
    case "dense": self = try Self.dense(syntax)
    default:
      throw Failure.usage(
        "unknown layer '\(syntax.name)'", remedy: suggestion(for: syntax.name, among: Self.names))
    }
  }

  private static func embedding(_ syntax: CallSyntax) throws -> LayerSpec {
    var arguments = try CallArguments(syntax, subject: "layer \(syntax.name)", positions: 2)
    guard let vocabulary = try arguments.count(0, "input_dim") else { throw arguments.missing("input_dim") }
    guard let width = try arguments.count(1, "output_dim") else { throw arguments.missing("output_dim") }
    try arguments.finish()
    return .embedding(vocabulary: vocabulary, width: width)
  }

  private static func dropout(_ syntax: CallSyntax) throws -> LayerSpec {
    var arguments = try CallArguments(syntax, subject: "layer \(syntax.name)", positions: 1)
    guard let rate = try arguments.number(0, "rate", in: 0...0.999) else { throw arguments.missing("rate") }
    try arguments.finish()
    return .dropout(rate: rate)
  }

  private static func dense(_ syntax: CallSyntax) throws -> LayerSpec {
    var arguments = try CallArguments(
      syntax, subject: "layer \(syntax.name)", flags: ["use_bias"], positions: 2)
    guard let units = try arguments.count(0, "units") else { throw arguments.missing("units") }
    let names = ActivationKind.allCases.map(\.rawValue) + ["softmax"]
    let function = try arguments.choice(1, "activation", of: names) ?? "linear"
    let useBias = try arguments.flag("use_bias") ?? true
    try arguments.finish()
    return .dense(units: units, Dense.Function(name: function), useBias: useBias)
  }

  private static func bidirectional(_ syntax: CallSyntax) throws -> LayerSpec {
    var arguments = try CallArguments(syntax, subject: "layer \(syntax.name)", positions: 1)
    let inner = try LayerSpec(try arguments.layer(0))
    guard let options = inner.recurrentOptions else {
      throw Failure.usage(
        "layer bidirectional: \(inner.name) is not recurrent", remedy: "wrap simple_rnn, lstm or gru")
    }
    guard !options.goBackwards else {
      throw Failure.usage(
        "layer bidirectional: the wrapped layer goes backwards", remedy: "leave go_backwards out")
    }
    let merge = try arguments.choice(nil, "merge", of: MergeMode.allCases.map(\.rawValue))
    try arguments.finish()
    return .bidirectional(inner, merge: merge.flatMap(MergeMode.init) ?? .concat)
  }

  private static func recurrent(_ syntax: CallSyntax) throws -> RecurrentOptions {
    let flags: Set = ["return_sequences", "go_backwards", "use_bias", "unit_forget_bias", "reset_after"]
    var arguments = try CallArguments(syntax, subject: "layer \(syntax.name)", flags: flags, positions: 2)
    guard let units = try arguments.count(0, "units") else { throw arguments.missing("units") }
    var options = RecurrentOptions(units: units)
    options.activation = try arguments.activation(1, "activation") ?? .tanh
    if syntax.name != "simple_rnn" {
      options.recurrentActivation = try arguments.activation(nil, "recurrent_activation") ?? .sigmoid
    }
    options.useBias = try arguments.flag("use_bias") ?? true
    options.returnSequences = try arguments.flag("return_sequences") ?? false
    options.goBackwards = try arguments.flag("go_backwards") ?? false
    if syntax.name == "lstm" { options.unitForgetBias = try arguments.flag("unit_forget_bias") ?? true }
    if syntax.name == "gru" { options.resetAfter = try arguments.flag("reset_after") ?? true }
    try arguments.finish()
    return options
  }

  /// The options of a recurrent layer.
  public var recurrentOptions: RecurrentOptions? {
    switch self {
    case .simpleRNN(let options), .lstm(let options), .gru(let options): options
    default: nil
    }
  }
}

extension CallArguments {
  fileprivate mutating func activation(_ position: Int?, _ key: String) throws -> ActivationKind? {
    try choice(position, key, of: ActivationKind.allCases.map(\.rawValue)).flatMap(ActivationKind.init)
  }
}

extension Dense.Function {
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

// MARK: - Text

extension LayerSpec: CustomStringConvertible {
  /// The layer's name in a layers string, which numbers it in weights' names too.
  public var name: String {
    switch self {
    case .embedding: "embedding"
    case .simpleRNN: "simple_rnn"
    case .lstm: "lstm"
    case .gru: "gru"
    case .bidirectional: "bidirectional"
    case .dropout: "dropout"
    case .dense: "dense"
    }
  }

  /// The layer as a layers string writes it, defaults left out; `parse` reads it back.
  public var description: String {
    switch self {
    case .embedding(let vocabulary, let width): "embedding(\(vocabulary),\(width))"
    case .simpleRNN(let options), .lstm(let options), .gru(let options):
      "\(name)(\(([String(options.units)] + options.departures).joined(separator: ",")))"
    case .bidirectional(let inner, let merge):
      merge == .concat ? "bidirectional(\(inner))" : "bidirectional(\(inner),merge=\(merge.rawValue))"
    case .dropout(let rate): "dropout(\(rate))"
    case .dense(let units, let function, let useBias):
      "dense(\(units)" + (function == .elementwise(.linear) ? "" : ",\(function.name)")
        + (useBias ? "" : ",use_bias=false") + ")"
    }
  }
}

extension RecurrentOptions {
  /// The options that are not Keras's defaults, as a layers string writes them.
  fileprivate var departures: [String] {
    var result: [String] = []
    if activation != .tanh { result.append("activation=\(activation.rawValue)") }
    if recurrentActivation != .sigmoid {
      result.append("recurrent_activation=\(recurrentActivation.rawValue)")
    }
    if !useBias { result.append("use_bias=false") }
    if returnSequences { result.append("return_sequences") }
    if goBackwards { result.append("go_backwards") }
    if !unitForgetBias { result.append("unit_forget_bias=false") }
    if !resetAfter { result.append("reset_after=false") }
    return result
  }
}
