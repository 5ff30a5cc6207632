// Statements that read each other in a circle, which no order of the statements would make a network.

import Failures
import OptionSyntax

extension [CallStatement] {
  /// Throws `Failure` (usage) that names the statements of the first circle.
  func checkCycles() throws {
    let definitions = Dictionary(grouping: self) { $0.name ?? "" }
    // A name that is defined twice is a mistake of its own.
    let reads = definitions.compactMapValues { $0.count == 1 ? $0[0].references : nil }
    for statement in self {
      guard let name = statement.name, let circle = Self.circle(from: name, reads) else { continue }
      let steps = circle.indices.map { "'\(circle[$0])' reads '\(circle[($0 + 1) % circle.count])'" }
      throw Failure.usage(
        "layers: \(steps.joined(separator: ", ")): a network has no cycles",
        remedy: circle.count == 1
          ? "name the statement differently from what it reads" : "let one of them read something else")
    }
  }

  /// The shortest way from a statement back to itself; nil if there is none.
  private static func circle(from start: String, _ reads: [String: [String]]) -> [String]? {
    var paths = [[start]]
    var visited: Set<String> = []
    while !paths.isEmpty {
      var longer: [[String]] = []
      for path in paths {
        for name in reads[path[path.count - 1]] ?? [] {
          if name == start { return path }
          if reads[name] != nil, visited.insert(name).inserted { longer.append(path + [name]) }
        }
      }
      paths = longer
    }
    return nil
  }
}

extension CallStatement {
  /// The names that the statement reads: its sources, or the usual input if it doesn't name any, and the initial states of
  /// its layers.
  fileprivate var references: [String] {
    let states = calls.flatMap { call in
      call.arguments.filter { $0.key == "initial_state" }.flatMap { argument in
        switch argument.value {
        case .word(let name): [name]
        case .group(let calls): calls.map(\.name)
        case .call: [String]()
        }
      }
    }
    let declaresInput = calls.count == 1 && calls[0].name == "input"
    let read = sources.isEmpty && !declaresInput ? [Topology.usualInput] : sources
    return (read + states).map { String($0.prefix { $0 != "." }) }
  }
}
