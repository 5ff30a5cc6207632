// Layers as a layers string writes them, read and written.

import Failures
import OptionSyntax
import Spelling

extension LayerSpec {
  /// The layers of a layers string; throws `Failure` (usage) with the nearest known name.
  public static func parse(_ text: String) throws -> [LayerSpec] {
    try CallSyntax.parse(
      text, subject: "layers", example: "embedding(10000,128) lstm(64,return_sequences) dense(1,sigmoid)"
    ).map(LayerSpec.init)
  }

  /// The names that a layers string can use.
  public static let names = [
    "embedding", "masking", "simple_rnn", "lstm", "gru", "bidirectional", "dense", "time_distributed",
    "layer_norm", "dropout", "spatial_dropout1d", "global_average_pooling1d", "global_max_pooling1d",
  ]

  init(_ syntax: CallSyntax) throws {
    switch syntax.name {
    case "embedding": self = .embedding(try OptionTable.embedding.read(syntax))
    case "masking": self = .masking(value: try OptionTable.masking.read(syntax))
    case "simple_rnn": self = .simpleRNN(try OptionTable.simpleRNN.read(syntax))
    case "lstm": self = .lstm(try OptionTable.lstm.read(syntax))
    case "gru": self = .gru(try OptionTable.gru.read(syntax))
    case "bidirectional": self = .bidirectional(try OptionTable.bidirectional.read(syntax).checked())
    case "dense": self = .dense(try OptionTable.dense.read(syntax))
    case "time_distributed": self = try Self.timeDistributed(try OptionTable.timeDistributed.read(syntax))
    case "layer_norm": self = .layerNormalization(try OptionTable.layerNormalization.read(syntax))
    case "dropout": self = .dropout(rate: try OptionTable.dropout.read(syntax))
    case "spatial_dropout1d": self = .spatialDropout1D(rate: try OptionTable.spatialDropout1D.read(syntax))
    case "global_average_pooling1d":
      _ = try OptionTable.globalAveragePooling1D.read(syntax)
      self = .globalAveragePooling1D
    case "global_max_pooling1d":
      _ = try OptionTable.globalMaxPooling1D.read(syntax)
      self = .globalMaxPooling1D
    default:
      throw Failure.usage(
        "unknown layer '\(syntax.name)'", remedy: suggestion(for: syntax.name, among: Self.names))
    }
  }

  static func timeDistributed(_ layer: LayerSpec) throws -> LayerSpec {
    guard case .dense(let options) = layer else {
      throw Failure.usage(
        "layer time_distributed: \(layer.name) can't be wrapped",
        remedy: "it wraps dense(...); other layers work on every step by themselves")
    }
    return .timeDistributed(options)
  }
}

extension LayerSpec: CustomStringConvertible {
  /// The layer as a layers string writes it, defaults left out; `parse` reads it back.
  public var description: String {
    switch self {
    case .embedding(let options): OptionTable.embedding.text(options)
    case .masking(let value): OptionTable.masking.text(value)
    case .simpleRNN(let options): OptionTable.simpleRNN.text(options)
    case .lstm(let options): OptionTable.lstm.text(options)
    case .gru(let options): OptionTable.gru.text(options)
    case .bidirectional(let options): OptionTable.bidirectional.text(options)
    case .dense(let options): OptionTable.dense.text(options)
    case .timeDistributed(let options): OptionTable.timeDistributed.text(.dense(options))
    case .layerNormalization(let options): OptionTable.layerNormalization.text(options)
    case .dropout(let rate): OptionTable.dropout.text(rate)
    case .spatialDropout1D(let rate): OptionTable.spatialDropout1D.text(rate)
    case .globalAveragePooling1D: OptionTable.globalAveragePooling1D.text(NoOptions())
    case .globalMaxPooling1D: OptionTable.globalMaxPooling1D.text(NoOptions())
    }
  }
}

extension LayerSpec: OptionValue {
  init(written value: CallSyntax.Value) throws {
    guard case .call(let call) = value else { throw InvalidValue(remedy: "a layer, such as lstm(32)") }
    try self.init(call)
  }

  var written: String { description }
}

extension BidirectionalOptions {
  /// These options; throws `Failure` (usage) where the two layers can't be joined.
  func checked() throws -> BidirectionalOptions {
    let first = try Self.recurrent(forward)
    guard !first.goBackwards else {
      throw Self.refuse("the wrapped layer goes backwards", "leave go_backwards out")
    }
    guard let ownBackward else { return self }
    let second = try Self.recurrent(ownBackward)
    guard second.goBackwards else {
      throw Self.refuse("the backward layer goes forward", "give it go_backwards")
    }
    guard first.returnSequences == second.returnSequences && first.stateful == second.stateful else {
      throw Self.refuse("the layers differ in return_sequences or stateful", "give both the same")
    }
    guard merge == .concat || first.units == second.units else {
      throw Self.refuse("the layers differ in units", "merge=concat takes such")
    }
    return self
  }

  private static func recurrent(_ layer: LayerSpec) throws -> RecurrentOptions {
    guard let options = layer.recurrentOptions else {
      throw refuse("\(layer.name) is not recurrent", "wrap simple_rnn, lstm or gru")
    }
    return options
  }

  private static func refuse(_ problem: String, _ remedy: String) -> Failure {
    Failure.usage("layer bidirectional: \(problem)", remedy: remedy)
  }
}
