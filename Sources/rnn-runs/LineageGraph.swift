// A lineage as a graph in DOT, the language of Graphviz (https://graphviz.org/doc/info/lang.html): a box for each run, an
// arrow for the data that went from one to another.

import Registry
import Stage

/// The graph of one or more trees of runs.
struct LineageGraph {
  /// The file from which the lineage was asked for.
  struct File {
    let path: String
    let data: Artifact
  }

  private let direction: LineageDirection
  private var boxes: [String] = []
  private var arrows: [String] = []
  private var known: Set<String> = []

  init(_ trees: [LineageNode], _ direction: LineageDirection, file: File? = nil) {
    self.direction = direction
    let name = "file"
    if let file {
      let label = "\(file.path)\n\(Words.artifact(file.data, path: nil))"
      boxes.append("\(name) [shape=note, label=\(Self.quoted(label))]")
    }
    for tree in trees {
      let run = add(tree, path: "\(boxes.count)")
      if file != nil { arrows.append("\(run) -> \(name)") }
    }
  }

  /// The whole text.
  var dot: String {
    let lines = ["rankdir=LR", "node [shape=box, fontname=\"sans-serif\"]", "edge [fontname=\"sans-serif\"]"]
    return "digraph lineage {\n" + (lines + boxes + arrows).map { "  \($0);\n" }.joined() + "}"
  }

  /// Adds a run with all that leads to it.
  /// - Returns: its name in the graph.
  private mutating func add(_ node: LineageNode, path: String) -> String {
    let name = Self.quoted(node.id ?? "unknown \(path)")
    if known.insert(name).inserted { boxes.append("\(name) [\(Self.attributes(node))]") }
    for (index, branch) in node.branches.enumerated() {
      let next = add(branch, path: "\(path).\(index)")
      let (from, to) = direction == .up ? (next, name) : (name, next)
      let data = branch.artifact.map { Words.artifact($0, path: branch.path).replacing(", ", with: "\n") }
      arrows.append("\(from) -> \(to) [label=\(Self.quoted(data ?? ""))]")
    }
    return name
  }

  private static func attributes(_ node: LineageNode) -> String {
    guard let run = node.run else {
      let label = node.id.map { "\(node.stage ?? "run") \(Run.shortID($0))\nnot in this registry" }
      return "style=dashed, label=\(quoted(label ?? "no known run"))"
    }
    let head = [run.stage, run.shortID, run.name].compactMap { $0 }.joined(separator: " ")
    let label = "\(head)\n\(Words.command(run.argv.dropFirst()))"
    return run.status == .done
      ? "label=\(quoted(label))" : "color=red, label=\(quoted("\(label)\n\(run.status.rawValue)"))"
  }

  /// A string of DOT, in which a line feed is `\n`, and other control characters are shown as escapes.
  private static func quoted(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      printable(String(line)).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }
    return "\"" + lines.joined(separator: "\\n") + "\""
  }
}
