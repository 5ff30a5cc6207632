// Padding compared with Keras's pad_sequences, and invalid input.

import Failures
import JSON
import Sequences
import Tensor
import TensorFile
import Testing

@Suite("Padding")
struct TextPaddingTests {
  /// The sequences of a reference case.
  private func rows(_ reference: JSONValue) throws -> Ragged {
    let numbers = try #require(reference["values"]?.array).compactMap(\.double)
    let lengths = try #require(reference["lengths"]?.array).compactMap { $0.int.map(Int32.init) }
    let width = try #require(reference["width"]?.int)
    let shape = [numbers.count / width] + (width > 1 ? [width] : [])
    let isInteger = reference["type"]?.string == "int32"
    let values =
      isInteger
      ? Tensor(numbers.map { Int32($0) }, shape: shape) : Tensor(numbers.map { Float($0) }, shape: shape)
    return Ragged(values: values, lengths: lengths)
  }

  @Test("rows are those of Keras's pad_sequences")
  func keras() throws {
    for reference in try #require(textFixture("padding")["cases"]?.array) {
      let rows = try rows(reference)
      let padding = try Padding(
        length: reference["length"]?.int ?? Int(rows.lengths.max() ?? 0),
        padding: try #require(Padding.Side(rawValue: reference["padding"]?.string ?? "")),
        truncating: try #require(Padding.Side(rawValue: reference["truncating"]?.string ?? "")),
        value: try #require(reference["value"]?.double))
      let result = try padding.pad(rows)
      #expect(result.shape == reference["shape"]?.array?.compactMap(\.int))
      #expect(result.doubles == reference["result"]?.array?.compactMap(\.double))
      #expect(result.type == rows.values.type)
    }
  }

  @Test("the padding survives the header")
  func roundTrip() throws {
    for padding in [
      try Padding(length: 200), try Padding(length: 1, padding: .post, truncating: .post, value: -0.5),
    ] {
      var header = StreamHeader(kind: "padded")
      padding.write(into: &header)
      #expect(try Padding(header: header) == padding)
    }
    let damaged = StreamHeader(kind: "padded", metadata: ["rnn.padding": "{\"length\":0}"])
    #expect(throws: Failure.self) { try Padding(header: damaged) }
    #expect(try Padding(header: StreamHeader(kind: "sequences")) == nil)
  }

  @Test("impossible lengths and values are refused")
  func refused() throws {
    let rows = Ragged(values: Tensor([Int32(1), 2]), lengths: [2])
    #expect(throws: Failure.self) { try Padding(length: 0) }
    #expect(throws: Failure.self) { try Padding(length: .max) }
    #expect(throws: Failure.self) { try Padding(length: 1 << 26).pad(rows) }
    #expect(throws: Failure.self) { try Padding(length: 2, value: 0.5).pad(rows) }
    #expect(throws: Failure.self) { try Padding(length: 2, value: .nan).pad(rows) }
  }

  @Test("targets of each step are padded alike, in pieces too, and other columns are passed through")
  func chunks() throws {
    let lengths: [Int32] = [1, 3, 2]
    let count = Tensor([Int64(5), 6, 7])
    let chunk = Chunk(
      [
        "x": .ragged(Ragged(values: Tensor((1...6).map(Int32.init)), lengths: lengths)),
        "y": .ragged(Ragged(values: Tensor((11...16).map(Int32.init)), lengths: lengths)),
        "time": .dense(count),
      ], rows: 3)
    var pieces: [Chunk] = []
    try SequencePadder(Padding(length: 2), targetValue: -1).pad(chunk) { pieces.append($0) }
    #expect(pieces.count == 1)
    #expect(pieces[0].columns["x"]?.tensor == Tensor([Int32(0), 1, 3, 4, 5, 6], shape: [3, 2]))
    #expect(pieces[0].columns["y"]?.tensor == Tensor([Int32(-1), 11, 13, 14, 15, 16], shape: [3, 2]))
    #expect(pieces[0].columns["time"]?.tensor == count)

    pieces = []
    try SequencePadder(Padding(length: 3 << 20), targetValue: -1).pad(chunk) { pieces.append($0) }
    #expect(pieces.map(\.rows) == [1, 1, 1])
    #expect(pieces.compactMap { $0.columns["x"]?.tensor?.integers?.last } == [1, 4, 6])
    #expect(pieces.compactMap { $0.columns["time"]?.tensor?.integers?.last } == [5, 6, 7])
    var survey = PaddingSurvey()
    try survey.add(chunk)
    #expect(survey.longest == 3 && survey.others.isEmpty)
  }

  @Test("chunks without sequences, or with targets of other lengths, are refused")
  func wrongChunks() throws {
    let padder = SequencePadder(try Padding(length: 2))
    let sequences = Column.ragged(Ragged(values: Tensor([Int32(1), 2]), lengths: [2]))
    let shorter = Column.ragged(Ragged(values: Tensor([Int32(1)]), lengths: [1]))
    for chunk in [
      Chunk(["x": Tensor([Int32(1), 2], shape: [1, 2])]), textChunk(["a"]),
      Chunk(["x": sequences, "y": shorter], rows: 1),
    ] {
      #expect(throws: Failure.self) { try padder.pad(chunk) { _ in } }
    }
  }

  @Test("raw text becomes padded ids in one step")
  func encoder() throws {
    let vocabulary = try makeVocabulary(["a fine film", "a"])
    var header = StreamHeader(kind: "model")
    #expect(try TextEncoder(header: header) == nil)
    vocabulary.write(into: &header)
    let texts = ["a film", "", "fine fine fine"].map { Array($0.utf8) }
    let loose = try #require(try TextEncoder(header: header))
    #expect(
      try loose.encode(texts)
        == Tensor([Int32(0), 1, 3, 5, 0, 0, 0, 1, 1, 4, 4, 4], shape: [3, 4]))
    try Padding(length: 3).write(into: &header)
    let fixed = try #require(try TextEncoder(header: header))
    #expect(try fixed.encode(texts) == Tensor([Int32(1), 3, 5, 0, 0, 1, 4, 4, 4], shape: [3, 3]))
    #expect(try fixed.encode([]).shape == [0, 3])
  }
}
