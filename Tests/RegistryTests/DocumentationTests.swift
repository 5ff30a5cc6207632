// The example queries of docs/registry.md, run without changes.

import Foundation
import Registry
import Testing

@Suite struct DocumentationTests {
  static let queries: [String] = {
    let repository = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = try? String(contentsOf: repository.appendingPathComponent("docs/registry.md"), encoding: .utf8)
    let parts = (text ?? "").components(separatedBy: "```sql\n").dropFirst()
    return parts.compactMap { $0.components(separatedBy: "```").first }
  }()

  @Test func thereAreExamples() { #expect(Self.queries.count >= 7) }

  @Test(arguments: queries) func everyExampleReturnsRows(query: String) throws {
    let scratch = try Scratch()
    let pad = sampleStart("rnn-pad")
    let input = RunInput(artifact("p"), upstreams: [Upstream(run: pad.id)], path: nil)
    let model = RunOutput(artifact("m", kind: "model"), path: "/m.zst")
    record(scratch.location, pad, sampleEnd(outputs: [RunOutput(artifact("p"), path: nil)]))
    for hash in ["m1", "m2"] {
      let recorder = RunRecorder(location: scratch.location, start: sampleStart("rnn-train"))
      recorder.tag("project", "imdb")
      recorder.parameter("batch_size", "32")
      recorder.metric("val_loss", step: 1, value: 0.4)
      var output = model
      output.artifact.hash = hash
      _ = recorder.finish(sampleEnd(inputs: [input], outputs: [output]))
    }
    record(scratch.location, sampleStart(), sampleEnd(.failed))
    var rows = 0
    try Registry.query(query, at: scratch.location, columns: { _ in }, row: { _ in rows += 1 })
    #expect(rows > 0)
  }
}
