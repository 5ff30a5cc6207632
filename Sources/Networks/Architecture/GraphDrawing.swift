// A network in Graphviz's DOT language: a node for each input and each use of a layer, an edge for each value.

extension Architecture {
  /// The network as a directed graph, from top to bottom; `dot -Tsvg` draws it.
  public var dot: String {
    let inputs = zip(topology.inputs, inputs).enumerated().map { number, input in
      "  input\(number) [label=\(quoted("\(input.0.name)\n\(input.1)")), shape=oval];"
    }
    let nodes = topology.nodes.enumerated().map { number, node in
      let name = names[node.layer].name
      let text = "\(name)\n\(topology.layer(node).description)\n\(values[number][0])"
      return "  node\(number) [label=\(quoted(text))];"
    }
    let outputs = topology.outputs.enumerated().flatMap { number, output in
      [
        "  output\(number) [label=\(quoted(output.name)), shape=oval];",
        "  \(name(output.source)) -> output\(number);",
      ]
    }
    let lines = inputs + nodes + arrows + outputs
    return "digraph model {\n  node [shape=box];\n\(lines.joined(separator: "\n"))\n}"
  }

  /// The values that nodes read; states are labeled, uses of a shared layer are joined by a dashed line.
  private var arrows: [String] {
    topology.nodes.enumerated().flatMap { number, node in
      let values = node.inputs.map { source in
        "  \(name(source)) -> node\(number)\(state(source).map { " [label=\(quoted($0))]" } ?? "");"
      }
      let first = topology.nodes[..<number].firstIndex { $0.layer == node.layer }
      let shared = first.map {
        "  node\($0) -> node\(number) [style=dashed, dir=none, constraint=false, label=\"shared\"];"
      }
      return values + (shared.map { [$0] } ?? [])
    }
  }

  private func name(_ source: Topology.Source) -> String {
    switch source {
    case .input(let number): "input\(number)"
    case .node(let number, _): "node\(number)"
    }
  }

  private func state(_ source: Topology.Source) -> String? {
    guard case .node(let number, let output) = source, output > 0 else { return nil }
    return topology.layer(topology.nodes[number]).stateNames[output - 1]
  }

  private func quoted(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped.replacing("\n", with: "\\n"))\""
  }
}
