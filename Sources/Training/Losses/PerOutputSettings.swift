// Settings that may differ between the outputs of a network: `mse` for all, or `tone: mse; topic: huber(0.5)`.

import Failures
import Spelling

/// A setting for each output, in the format of the command line: one for all, or each with its output's name.
public struct PerOutputSettings {
  private let what: String
  private let common: String?
  private let named: [String: String]

  /// Reads `mse` or `tone: mse; topic: huber(0.5)`.
  ///
  /// - Parameter what: the kind of setting, for messages: `loss`.
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
          throw Failure.usage("\(what): output '\(pieces[0])' is given twice")
        }
      } else if common == nil, parts.count == 1 {
        common = part.trimmed
      } else {
        throw Failure.usage(
          "\(what): '\(part.trimmed)' doesn't name an output", remedy: "such as \"tone: mse; topic: mae\"")
      }
    }
    (self.common, self.named) = (common ?? (parts.isEmpty ? text : nil), named)
  }

  /// The setting of an output; nil if it has none.
  public subscript(output: String?) -> String? { output.flatMap { named[$0] } ?? common }

  /// The settings as losses; throws `Failure` (usage) if one is not a loss.
  public var losses: [Loss] {
    get throws { try ([common].compactMap { $0 } + named.keys.sorted().compactMap { named[$0] }).map(Loss.init(parsing:)) }
  }

  /// Throws `Failure` (usage) if a name is not that of an output.
  public func check(outputs: [String]) throws {
    guard let unknown = named.keys.sorted().first(where: { !outputs.contains($0) }) else { return }
    throw Failure.usage(
      "\(what): there is no output '\(unknown)'",
      remedy: outputs.count == 1
        ? "the network has a single output: omit the name" : suggestion(for: unknown, among: outputs))
  }
}

extension Substring {
  var trimmed: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
