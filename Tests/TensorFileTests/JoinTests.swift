// Streams joined by `cat`: read as one if they agree, otherwise rejected with the name of the difference.

import Failures
import StreamSamples
import Tensor
import TensorFile
import Testing

@Suite struct JoinTests {
  private let other = Provenance(run: "second", stage: "rnn-pad", version: "0.1.0", host: "there")

  @Test func equalStreamsAreOne() throws {
    let rows = sampleRows(90)
    let first = try stream([rows.slice(0..<50)], header: sampleHeader, chunkBytes: 500)
    let second = try stream([rows.slice(50..<50)], header: sampleHeader, provenance: nil)
    let third = try stream([rows.slice(50..<90)], header: sampleHeader, provenance: other)
    let contents = try read(first + second + third)
    #expect(contents == Contents(header: sampleHeader, rows: rows, provenance: [sampleOrigin, other]))
  }

  @Test func differencesAreNamed() throws {
    let first = try stream([sampleRows(5)], header: sampleHeader)
    var facts = sampleHeader
    facts.metadata["rnn.padding"] = #"{"length":4}"#
    var fewer = sampleHeader
    fewer.metadata["rnn.padding"] = nil
    var classes = sampleHeader
    classes.side["rnn.classes.values"] = Tensor(Array("posneg".utf8))
    var kind = sampleHeader
    kind.kind = "windows"
    for (header, name) in [
      (facts, "rnn.padding"), (fewer, "rnn.padding"), (classes, "rnn.classes.values"), (kind, "rnn.kind"),
    ] {
      let refusal = try refusal(first + stream([sampleRows(5)], header: header))
      #expect(refusal?.kind == .data && refusal?.problem.contains("'\(name)'") == true)
    }
  }

  @Test func irrelevantMetadataMayDiffer() throws {
    var header = sampleHeader
    header.metadata["note"] = "another"
    header.metadata["rnn.split"] = #"{"seed":2}"#
    let bytes = try stream([sampleRows(5)], header: sampleHeader) + stream([sampleRows(5)], header: header)
    #expect(try read(bytes).rows.rows == 10)
  }

  @Test func columnsMustAgree() throws {
    let first = Chunk(["x": Tensor([1, 2]), "y": Tensor([1, 2] as [Int32])])
    let others: [([String: Tensor], String)] = [
      (["x": Tensor([1, 2])], "'y'"),
      (["x": Tensor([1, 2]), "y": Tensor([1, 2])], "'y'"),
      (["x": Tensor([1, 2], shape: [2, 1]), "y": Tensor([1, 2] as [Int32])], "'x'"),
      (["x": Tensor([1, 2]), "y": Tensor([1, 2] as [Int32]), "z": Tensor([1, 2])], "'z'"),
    ]
    for (columns, name) in others {
      let refusal = try refusal(stream([first]) + stream([Chunk(columns)]))
      #expect(
        refusal?.kind == .data && refusal?.problem.contains(name) == true, "\(String(describing: refusal))")
    }
  }

  @Test func modelsAndBareDocumentsCantBeJoined() throws {
    let model = try stream([], header: StreamHeader(kind: "model", side: ["b": Tensor([1.0])]))
    #expect(refusal(model + model)?.problem.contains("several models") == true)
    let bare = SafetensorsDocument(tensors: ["x": Tensor([1.0])]).encoded
    let rows = try stream([Chunk(["x": Tensor([1.0])])])
    #expect(refusal(bare + bare)?.kind == .data)
    #expect(refusal(rows + bare)?.kind == .data)
    #expect(refusal(bare + rows)?.kind == .data)
  }

  @Test func truncationOfAnyStreamIsDetected() throws {
    let first = try stream([sampleRows(10)], chunkBytes: 300)
    let second = try stream([sampleRows(10, seed: 2)], chunkBytes: 300)
    let joined = first + second
    for count in 1..<joined.count where count != first.count {
      #expect(refusal(Array(joined.prefix(count)))?.kind == .data, "cut after \(count)")
    }
    #expect(refusal(Array(first.dropLast(1)) + second)?.kind == .data)
    #expect(refusal(first + second.dropFirst(1))?.kind == .data)
  }
}
