// What the shells offer for options beyond plain files and single words: lists, calls, files or words, and runs of the
// registry. The shell asks the command itself, so that what it offers is always what the command knows.

import ArgumentParser
import Registry

extension CompletionKind {
  /// One or several of `words`, separated by commas: after a comma, the words not yet given.
  public static func commaSeparated(_ words: [String]) -> CompletionKind {
    .custom { _, _, prefix in
      let given = prefix.split(separator: ",", omittingEmptySubsequences: false).dropLast()
      let start = given.map { $0 + "," }.joined()
      return words.filter { !given.contains($0[...]) }.map { start + $0 }
    }
  }

  /// One or several of `words`, separated by spaces or parentheses, as in a string of layers.
  public static func calls(_ words: [String]) -> CompletionKind {
    .custom { _, _, prefix in
      let start = prefix.lastIndex { " (\"'{;".contains($0) }.map { prefix[...$0] } ?? ""
      return words.map { start + $0 }
    }
  }

  /// One of `words`, or a file.
  public static func filesOr(_ words: [String]) -> CompletionKind {
    .custom { _, _, prefix in words + filesBeginning(with: prefix) }
  }

  /// A run of the registry, or a file.
  public static let runOrFile = CompletionKind.custom { words, _, prefix in
    runIDs(words) + filesBeginning(with: prefix)
  }

  /// The name of a run in the registry.
  public static let runName = CompletionKind.custom { words, _, _ in
    Set(recentRuns(words).compactMap(\.name)).sorted()
  }

  /// The name of a metric that a run of the registry has.
  public static let metricName = CompletionKind.custom { words, _, _ in
    guard let registry = try? Registry(registryLocation(option(named: "--registry", in: words))) else {
      return []
    }
    let runs = recentRuns(words).filter { $0.stage == "rnn-train" || words.contains($0.shortID) }
    return Set(runs.prefix(20).flatMap { (try? registry.metrics(of: $0.id).map(\.name)) ?? [] }).sorted()
  }

  private static func runIDs(_ words: [String]) -> [String] { recentRuns(words).map(\.shortID) }
}

/// The newest runs of the registry that the command line `words` uses; none where it can't be read.
private func recentRuns(_ words: [String]) -> [Run] {
  guard let registry = try? Registry(registryLocation(option(named: "--registry", in: words))) else {
    return []
  }
  var filter = RunFilter()
  filter.limit = 200
  return (try? registry.runs(filter)) ?? []
}

/// The value of an option on a command line.
private func option(named name: String, in words: [String]) -> String? {
  words.firstIndex(of: name).flatMap { words.indices.contains($0 + 1) ? words[$0 + 1] : nil }
}
