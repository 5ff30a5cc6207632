// A metric as users write it: val_loss (its last value), val_loss:min, val_loss:best, val_loss@3 (at a step); and
// whether larger or smaller values of a metric are better.

import Failures

/// A metric that is shown.
public struct MetricColumn: Sendable, Equatable {
  /// Which value.
  public enum Choice: Sendable, Equatable {
    /// The last, the smallest or the largest value.
    case statistic(MetricStatistic)
    /// The smallest or the largest value, whichever is better.
    case best
    /// The value at a step.
    case step(Int)
  }

  /// As the user wrote it.
  public let heading: String
  /// The metric's name.
  public let name: String
  /// Which of its values.
  public let choice: Choice

  /// - Throws: `Failure` (usage) if it can't be read.
  public init(_ text: String) throws {
    heading = text
    if let at = text.lastIndex(of: "@") {
      guard let step = Int(text[text.index(after: at)...]), step >= 0 else {
        throw Failure.usage("'\(text)' names no step", at: "--metric", remedy: "write a number after @")
      }
      (name, choice) = (String(text[..<at]), .step(step))
    } else if let colon = text.lastIndex(of: ":") {
      name = String(text[..<colon])
      choice = try Self.choice(String(text[text.index(after: colon)...]), in: text)
    } else {
      (name, choice) = (text, .statistic(.last))
    }
    if name.isEmpty { throw Failure.usage("'\(text)' names no metric", at: "--metric") }
  }

  /// The metric's last value.
  public init(last name: String) { (heading, self.name, choice) = (name, name, .statistic(.last)) }

  /// Whether the column could be of a statistic that `MetricDirection` must know.
  private static func choice(_ text: String, in whole: String) throws -> Choice {
    if text == "best" { return .best }
    guard let statistic = MetricStatistic(rawValue: text) else {
      throw Failure.usage("'\(text)' in '\(whole)' is none of last, min, max and best", at: "--metric")
    }
    return .statistic(statistic)
  }

  /// The statistic that the column shows; nil for a step.
  /// - Throws: `Failure` (usage) for the best of a metric of which it isn't known what is better.
  public func statistic() throws -> MetricStatistic? {
    switch choice {
    case .statistic(let statistic): statistic
    case .best: try MetricDirection.isLargerBetter(name) ? .max : .min
    case .step: nil
    }
  }
}

/// Whether larger or smaller values of a metric are better, by its name.
public enum MetricDirection {
  private static let larger = [
    "accuracy", "auc", "precision", "recall", "f1", "f1_score", "r2_score", "bleu", "chrf", "exact_match",
    "tokens_per_second",
  ]
  private static let smaller = [
    "loss", "mae", "mse", "rmse", "mape", "smape", "mase", "rmsse", "wape", "crps", "wql", "pinball",
    "perplexity",
    "nll", "cer", "wer", "error", "error_rate", "step",
  ]

  /// Whether larger values are better; the last words of the name decide, as in `val_binary_accuracy`.
  /// - Throws: `Failure` (usage) if the name doesn't tell.
  public static func isLargerBetter(_ metric: String) throws -> Bool {
    func ends(_ word: String) -> Bool { metric == word || metric.hasSuffix("_" + word) }
    if larger.contains(where: ends) { return true }
    if smaller.contains(where: ends) { return false }
    throw Failure.usage(
      "it isn't known whether small or large values of \(metric) are better", remedy: "use --min or --max")
  }

  /// The metrics that say most about a run, the most important first.
  private static let main = [
    "val_loss", "loss", "mase", "model_mase", "mae", "accuracy", "bleu", "cer", "f1", "perplexity",
  ]

  /// The main metric of a run: of those with the given names.
  public static func main(of names: some Collection<String>) -> String? {
    main.first { names.contains($0) } ?? names.min()
  }
}
