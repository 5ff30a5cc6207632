// The training objective: for each output of the network its loss, what the loss counts in the sum, and what is
// measured beside it. In words, `mse`, or for several outputs `tone: mse; topic: sparse_categorical_crossentropy`.

import Failures
import Networks
import OptionSyntax
import Spelling

/// What training minimizes, and what it reports.
public struct Objective: Sendable, Equatable {
  /// One output's share.
  public struct Term: Sendable, Equatable {
    /// The output's name, where there are several outputs; else nil.
    public let name: String?
    /// The loss.
    public let loss: Loss
    /// What the loss counts in the sum of all.
    public let weight: Float
    /// What is reported beside it.
    public let metrics: [Metric]

    /// - Parameter name: the output's name, where there are several outputs.
    public init(name: String? = nil, loss: Loss, weight: Float = 1, metrics: [Metric]) {
      self.name = name
      self.loss = loss
      self.weight = weight
      self.metrics = metrics
    }
  }

  /// A term for each output, in the outputs' order.
  public let terms: [Term]

  /// - Parameter terms: one for each output, with names where there are several.
  public init(_ terms: [Term]) { self.terms = terms }

  /// The objective of a network with one output.
  public init(loss: Loss, metrics: [Metric] = []) { self.init([Term(loss: loss, metrics: metrics)]) }

  /// The objective in words, as model files have it.
  public var settings: ObjectiveText {
    let hasNames = terms.contains { $0.name != nil }
    let losses = terms.map { term in (term.name.map { "\($0): " } ?? "") + term.loss.description }
    let metrics = terms.filter { !$0.metrics.isEmpty }.map { term in
      (term.name.map { "\($0): " } ?? "") + term.metrics.map(\.description).joined(separator: ",")
    }
    let weights = terms.map { "\($0.name ?? "")=\($0.weight)" }.joined(separator: ",")
    return ObjectiveText(
      loss: losses.joined(separator: "; "),
      metrics: hasNames ? metrics : terms.flatMap { $0.metrics.map(\.description) },
      lossWeights: terms.contains { $0.weight != 1 } ? weights : "")
  }

  /// What a model's file says; throws `Failure`.
  ///
  /// - Parameters:
  ///   - outputs: the names of the network's outputs.
  ///   - metrics: other metrics than the model's, as the command line writes them.
  public init(_ text: ObjectiveText, outputs: [String], metrics: String? = nil) throws {
    let isSeveral = outputs.count > 1
    let losses = try NamedSettings(parsing: text.loss, what: "loss")
    let own = text.metrics.joined(separator: isSeveral ? "; " : ",")
    let measured = try NamedSettings(parsing: metrics ?? own, what: "metrics")
    try measured.check(outputs: outputs)
    let weights = try LossWeights(parsing: text.lossWeights, outputs: outputs)
    self.init(
      try outputs.map { output in
        Term(
          name: isSeveral ? output : nil, loss: try Loss(parsing: losses[output] ?? "mse"),
          weight: weights[output],
          metrics: try measured[output].flatMap { $0.isEmpty ? nil : try Metric.parse(list: $0) } ?? [])
      })
  }
}

/// What the outputs' losses count: `tone=1,topic=0.5`.
public struct LossWeights {
  private var weights: [String: Float] = [:]

  /// Reads `tone=1,topic=0.5`; throws `Failure` (usage).
  public init(parsing text: String, outputs: [String]) throws {
    for part in text.split(separator: ",") {
      let pieces = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pieces.count == 2, let weight = Float(pieces[1]), weight.isFinite, weight >= 0 else {
        throw Failure.usage(
          "loss weights: '\(part)' is not output=weight", remedy: "such as \"tone=1,topic=0.5\"")
      }
      guard outputs.contains(pieces[0]) else {
        throw Failure.usage(
          "loss weights: there is no output '\(pieces[0])'",
          remedy: suggestion(for: pieces[0], among: outputs))
      }
      guard weights.updateValue(weight, forKey: pieces[0]) == nil else {
        throw Failure.usage("loss weights: the output '\(pieces[0])' stands twice")
      }
    }
  }

  /// What an output's loss counts: 1 if nothing else is said.
  public subscript(output: String) -> Float { weights[output] ?? 1 }
}

/// A setting for each output, as the command line writes it: one for all, or each under its output's name.
public struct NamedSettings {
  private let what: String
  private let common: String?
  private let named: [String: String]

  /// Reads `mse` or `tone: mse; topic: huber(0.5)`.
  ///
  /// - Parameter what: what is set, for messages: `loss`.
  /// - Throws: `Failure` (usage) if an output is named twice.
  public init(parsing text: String, what: String) throws {
    self.what = what
    let parts = text.split(separator: ";").filter { !$0.allSatisfy(\.isWhitespace) }
    var named: [String: String] = [:]
    var common: String?
    for part in parts {
      let pieces = part.split(separator: ":", maxSplits: 1).map { $0.trimmed }
      if pieces.count == 2, pieces[0].allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) {
        guard named.updateValue(pieces[1], forKey: pieces[0]) == nil else {
          throw Failure.usage("\(what): the output '\(pieces[0])' stands twice")
        }
      } else if common == nil, parts.count == 1 {
        common = part.trimmed
      } else {
        throw Failure.usage(
          "\(what): '\(part.trimmed)' names no output", remedy: "such as \"tone: mse; topic: mae\"")
      }
    }
    (self.common, self.named) = (common ?? (parts.isEmpty ? text : nil), named)
  }

  /// The setting of an output; nil where it has none.
  public subscript(output: String?) -> String? { output.flatMap { named[$0] } ?? common }

  /// Throws `Failure` (usage) if a name is none of the outputs'.
  public func check(outputs: [String]) throws {
    guard let unknown = named.keys.sorted().first(where: { !outputs.contains($0) }) else { return }
    throw Failure.usage(
      "\(what): there is no output '\(unknown)'",
      remedy: outputs.count == 1
        ? "the network has one output: name none" : suggestion(for: unknown, among: outputs))
  }
}

extension Substring {
  fileprivate var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
