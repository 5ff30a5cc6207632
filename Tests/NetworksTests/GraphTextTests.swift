// Graphs as layers strings: a written graph is read as the same graph, and errors are reported.

import Failures
import Foundation
import Networks
import Testing

@Suite struct GraphTextTests {
  /// The graphs of the fixtures, and of every reference case.
  private static func graphs() throws -> [String] {
    let file = KerasCase.folder.appendingPathComponent("graphs.txt")
    let configs = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      String(line.drop { $0 != " " }.dropFirst())
    }
    let orders = try KerasFunctionalTests.orders().map(\.text)
    let cases = try ["graphs", "graph_training"].flatMap { try KerasCase.names($0) }.map {
      try KerasCase($0).fact("layers")
    }
    return configs + orders + cases
  }

  /// Layers that are shared with different states, at each position of a statement.
  private static let sharedWithStates = [
    "e: {a} lstm(4,return_state); d: {b} shared(e,initial_state={e.state}); out: {d} dense(1)",
    "p: {a} dense(3) gru(3); q: {b} dense(3); r: {q} gru(3,initial_state={p}); t: {c} shared(r,initial_state={r}); "
      + "out: {r t} add",
    "v: input(vector); e: {a} gru(4,return_sequences,initial_state={v}) gru(4); "
      + "f: {b} shared(e); g: {c} shared(e,initial_state={e})",
  ]

  @Test(arguments: try graphs() + sharedWithStates)
  func writtenGraphsAreReadBack(_ text: String) throws {
    let topology = try Topology(parsing: text)
    let written = topology.text
    guard let read = try? Topology(parsing: written) else {
      Issue.record("can't be read: \(written)")
      return
    }
    #expect(Self.withoutLabels(read) == Self.withoutLabels(topology), "\(written)")
    #expect(read.text == written)
  }

  /// Writing may divide statements, and the new ones have names.
  private static func withoutLabels(_ topology: Topology) -> String {
    let nodes = topology.nodes.map { "\($0.layer) \($0.inputs)" }
    return "\(topology.inputs) \(topology.layers) \(nodes) \(topology.outputs.map(\.source))"
  }

  @Test(
    arguments: [
      ("a: {x} gru(4); b: {a x} gru(4)", "gru reads 2 values"),
      ("a: {x} gru(4); b: {a x} shared(a)", "gru reads 2 values"),
      ("a: {x} dense(4); v: {y_} gru(4); b: {x} shared(a,initial_state={v})", "dense takes no initial_state"),
      ("a: {x} gru(4); b: {a} dense(1); c: {b} shared(d)", "shared(d): there is no earlier statement 'd'"),
      ("a: shared(b)", "there is none before it"), ("a: {b} gru(4); b: {x} dense(1)", "'b' is read before"),
      ("a: {x} gru(4); a: {x} dense(1)", "'a' is defined twice"), ("y: {x} gru(4); b: {y} dense(1)", nil),
      ("a: {y} gru(4)", "'y' can't be an input"), ("input: {x} gru(4)", "'input' is reserved"),
      ("v: input(vector); a: {x} gru(4)", "nothing reads the input 'v'"),
      ("a: {x} gru(4); b: {x} gru(4); outputs: {a}", "nothing reads 'b'"),
      ("a: {x} gru(4); outputs: {a a}", "the output 'a' is defined twice"),
      ("a: {x} gru(4); outputs: {b}", "there is no earlier statement 'b'"),
      ("a: {x} lstm(4,return_state); outputs: {a.state}", "the output 'a.state' has 2 values"),
      ("a: {x} gru(4); b: {a.h} dense(1)", "gru returns no states"),
      ("a: {x} gru(4,return_state); b: {a.c} dense(1)", "'a.c': there is no such state"),
      ("a: {x} gru(4); {a} dense(1)", "every statement of a graph needs a name"),
      ("outputs: {a}; a: {x} gru(4)", "there is no earlier statement 'a'"),
    ] as [(String, String?)])
  func errorsAreReported(_ text: String, _ words: String?) throws {
    guard let words else {
      _ = try Topology(parsing: text)
      return
    }
    let failure = #expect(throws: Failure.self) { try Topology(parsing: text) }
    #expect(failure?.kind == .usage)
    #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
  }
}
