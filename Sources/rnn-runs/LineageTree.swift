// A lineage drawn as text: a line for each run with the data that it passed on, its command line, and its branches below.

import Registry
import Stage

/// A tree of runs as lines of text.
struct LineageTree {
  /// The lines, the root's first.
  private let lines: [String]

  /// The whole drawing.
  var text: String { lines.joined(separator: "\n") }

  init(_ root: LineageNode) {
    lines = [Self.label(root)] + Self.command(root) + Self.lines(of: root.branches)
  }

  /// The lines of several trees, to be shown below something that is not a run.
  static func lines(of nodes: [LineageNode]) -> [String] {
    nodes.enumerated().flatMap { index, node in
      let isLast = index == nodes.count - 1
      let below = (command(node) + lines(of: node.branches)).map { (isLast ? "   " : "│  ") + $0 }
      return [(isLast ? "└─ " : "├─ ") + label(node)] + below
    }
  }

  /// A run's command line, as it would be typed.
  private static func command(_ node: LineageNode) -> [String] {
    guard let run = node.run, !node.isRepeated else { return [] }
    return [(node.branches.isEmpty ? "   " : "│  ") + "$ " + printable(Words.command(run.argv[...]))]
  }

  private static func label(_ node: LineageNode) -> String {
    let data = node.artifact.map { Words.artifact($0, path: node.path) }
    return printable([name(node), data].compactMap { $0 }.joined(separator: "  <- "))
  }

  private static func name(_ node: LineageNode) -> String? {
    if let run = node.run {
      let words = [run.stage, run.shortID, run.status.rawValue, run.startedAt.localText, run.name ?? ""]
      return words.filter { !$0.isEmpty }.joined(separator: " ") + (node.isRepeated ? " (as above)" : "")
    }
    return node.id.map { "\(node.stage ?? "run") \(Run.shortID($0)) (not in this registry)" }
      ?? "(no known run)"
  }
}
