// Safetensors documents: what is declared isn't trusted, how the element types are converted, and that the format's
// reference library reads what is written. DecisionTests has the headers that are valid.

import Failures
import Foundation
import StreamSamples
import Tensor
import TensorFile
import Testing

/// A Python with the format's reference library.
private let python = ProcessInfo.processInfo.environment["RNN_PYTHON"] ?? "python3"
private let hasLibrary = works("\(python) -c 'import safetensors, numpy'")

@Suite struct SafetensorsTests {
  @Test(arguments: [.max, 1 << 63, (1 << 24) + 1, 1 << 24, 1000, 1, 0] as [UInt64])
  func declaredLengthsAreNotTrusted(length: UInt64) {
    let bytes = littleEndian(length) + Array("{}".utf8)
    #expect(throws: Failure.self) { try SafetensorsDocument(parsing: bytes) }
  }

  /// A header of many small JSON values, which would take many times its size.
  @Test(arguments: [
    #"{"a":[\#(String(repeating: "0,", count: 1 << 19))0]}"#,
    #"{"__metadata__":{\#((0..<1 << 17).map { "\"\($0)\":\"\"," }.joined())"x":""}}"#,
  ]) func valuesOfAHeaderAreCounted(header: String) {
    let error = #expect(throws: Failure.self) {
      try SafetensorsDocument(parsing: document(Array(header.utf8), data: 0))
    }
    #expect(error?.problem == "the JSON has more than 262144 values")
  }

  @Test func everyPrefixIsRejected() throws {
    let whole = SafetensorsDocument(tensors: ["a": Tensor([1, 2, 3])], metadata: ["k": "v"]).encoded
    for count in 0..<whole.count {
      #expect(throws: Failure.self) { try SafetensorsDocument(parsing: Array(whole.prefix(count))) }
    }
    #expect(throws: Failure.self) { try SafetensorsDocument(parsing: whole + [0]) }
  }

  @Test func documentsReadBack() throws {
    let document = SafetensorsDocument(
      tensors: [
        "u8": Tensor([0, 1, 255] as [UInt8]), "i32": Tensor([.min, 0, .max] as [Int32], shape: [3, 1]),
        "i64": Tensor([.min, 0, .max] as [Int64]), "scalar": Tensor([1.5 as Float], shape: []),
        "f64": Tensor([-0.0, .infinity, .leastNonzeroMagnitude], shape: [1, 3]),
        "empty": Tensor([Double](), shape: [2, 0]),
      ], metadata: ["a": "ä\n\"\u{1F600}", "": ""])
    let bytes = document.encoded
    #expect(try SafetensorsDocument(parsing: bytes) == document)
    #expect(word(bytes, 0) % 8 == 0, "the data begin at a multiple of eight bytes")
    #expect(try SafetensorsDocument(parsing: SafetensorsDocument(tensors: [:]).encoded).tensors.isEmpty)
  }

  @Test(
    arguments: [
      ("BOOL", [0, 1], Elements.u8([0, 1])), ("U8", [0, 255], .u8([0, 255])),
      ("I8", [0x80, 0x7F], .i32([-128, 127])), ("U16", [0xFF, 0xFF], .i32([65535])),
      ("I16", [0x00, 0x80], .i32([-32768])), ("U32", [0xFF, 0xFF, 0xFF, 0xFF], .i64([4_294_967_295])),
      ("BF16", [0x80, 0x3F, 0x80, 0xFF], .f32([1, -.infinity])),
      (
        "F16", [0x00, 0x3C, 0x00, 0xFC, 0xFF, 0x7B, 0x01, 0x00, 0x00, 0x80],
        .f32([1, -.infinity, 65504, 0x1p-24, -0.0])
      ),
      ("F16", [0xFF, 0x03, 0x00, 0x04, 0x66, 0x2E], .f32([0x1.FF8p-15, 0x1p-14, 0.099975586])),
    ] as [(String, [UInt8], Elements)]) func foreignTypesAreWidened(
      type: String, data: [UInt8], values: Elements
    ) throws
  {
    let header = #"{"a":{"dtype":"\#(type)","shape":[\#(values.count)],"data_offsets":[0,\#(data.count)]}}"#
    let bytes = littleEndian(UInt64(header.utf8.count)) + Array(header.utf8) + data
    #expect(try SafetensorsDocument(parsing: bytes).tensors["a"]?.elements == values)
  }

  @Test func anUnreadableTypeIsNamed() {
    let header = #"{"w":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}"#
    let failure = #expect(throws: Failure.self) {
      try SafetensorsDocument(parsing: document(Array(header.utf8), data: 1))
    }
    #expect(failure?.problem.contains("'w'") == true && failure?.problem.contains("'F8_E4M3'") == true)
  }

  @Test(.enabled(if: hasLibrary)) func theLibraryReadsWhatIsWritten() throws {
    let document = SafetensorsDocument(
      tensors: [
        "x": Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]), "n": Tensor([7] as [Int32]),
        "s": Tensor([0.5], shape: []), "b": Tensor([1, 2, 3] as [UInt8]), "t": Tensor([-1] as [Int64]),
      ], metadata: ["k": "v"])
    let script = """
      import sys, safetensors.numpy as s
      t = s.load(sys.stdin.buffer.read())
      print(sorted((k, str(v.dtype), v.tolist()) for k, v in t.items()))
      """
    let output = try shell("\(python) -c \"\(script)\"", input: document.encoded).output
    #expect(
      String(decoding: output, as: UTF8.self) == """
        [('b', 'uint8', [1, 2, 3]), ('n', 'int32', [7]), ('s', 'float64', 0.5), \
        ('t', 'int64', [-1]), ('x', 'float32', [[1.0, 2.0], [3.0, 4.0]])]

        """)
  }
}
