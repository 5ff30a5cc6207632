// Weights in fewer bits: half precision for every bit pattern, and bytes with their scales in a model file.

import ByteStreams
import Failures
import Networks
import Tensor
import TensorFile
import Testing

@Suite struct QuantizationTests {
  @Test func everyHalfIsReadAndWritten() {
    for bits in UInt16.min...UInt16.max {
      let value = widenHalf(bits)
      if value.isNaN {
        #expect(narrowHalf(value) & 0x7C00 == 0x7C00)
      } else {
        #expect(narrowHalf(value) == bits)
      }
    }
  }

  /// Between two neighbors, the nearer one; the one with an even last bit where both are as near.
  @Test func singlePrecisionIsRoundedToNearestEven() {
    for bits in UInt16(0)..<0x7BFF {
      let (low, high) = (widenHalf(bits), widenHalf(bits + 1))
      let middle = (low + high) / 2
      #expect(narrowHalf(middle) == (bits.isMultiple(of: 2) ? bits : bits + 1))
      #expect(narrowHalf(middle.nextDown) == bits)
      #expect(narrowHalf(-middle.nextUp) == (bits + 1) | 0x8000)
    }
    #expect(narrowHalf(65519.99) == 0x7BFF)
    #expect(narrowHalf(65520) == 0x7C00)
    #expect(narrowHalf(1e-9) == 0)
  }

  private func model(_ weights: [Float]) throws -> ModelFile {
    let architecture = try Architecture(
      layers: LayerSpec.parse("embedding(3,2) global_average_pooling1d dense(2)"), input: .tokens(steps: 4))
    return ModelFile(
      architecture,
      weights: [
        "embedding.embeddings": Tensor([1, -0.5, 0, 0, 0.25, 127] as [Float], shape: [3, 2]),
        "dense.kernel": Tensor(weights, shape: [2, 2]), "dense.bias": Tensor([0.1, 0.2] as [Float]),
      ], ObjectiveText(loss: "mse", metrics: []), facts: StreamHeader(kind: ""))
  }

  @Test func bytesHaveAScaleForEachUnit() throws {
    let (small, loss) = try model([2, 0, -1, 0]).quantized(.int8)
    // A token of the embedding is a row, a unit of the kernel a column; a unit of zeros stays exact.
    #expect(
      small.header.narrow["embedding.embeddings"]
        == .bytes([127, -64, 0, 0, 0, 127], scale: Tensor([1 / 127, 0, 1] as [Float], shape: [3, 1])))
    #expect(
      small.header.narrow["dense.kernel"]
        == .bytes([127, 0, -64, 0], scale: Tensor([2 / 127, 0] as [Float], shape: [1, 2])))
    #expect(small.weights["dense.bias"]?.floats == [0.1, 0.2])
    #expect(loss.bytesBefore == 4 * 12)
    #expect(loss.bytesAfter == 6 + 12 + 4 + 8 + 8)
    #expect(abs(loss.largestError - Double(64 * Float(2 / 127.0) - 1) / 2) < 1e-6)
  }

  @Test(arguments: WeightPrecision.allCases) func aSmallerModelIsReadAsItWasWritten(
    _ precision: WeightPrecision
  ) throws {
    let small = try model([2, 0.3, -1, 0.7]).quantized(precision).model
    let sink = CollectingSink()
    try TensorWriter(sink, header: small.header).finish(nil)
    let reader = try TensorReader(ArraySource(sink.bytes), named: "small", limits: .model)
    try reader.finish()
    #expect(reader.header == small.header)
    #expect(try ModelFile(header: reader.header).weights == small.weights)
    #expect(throws: Failure.self) { try ModelFile(header: reader.header).quantized(precision) }
  }

  @Test func whatHasNoRangeIsRefusedByName() throws {
    #expect {
      try model([1, 70000, 1, 1]).quantized(.float16)
    } throws: { error in
      (error as? Failure)?.problem == "the weight dense.kernel has 70000.0, and float16 ends at 65504"
    }
    for weights in [[1, .nan, 1, 1], [1, .infinity, 1, 1], [7 * .leastNonzeroMagnitude, 1, 0, 1]] as [[Float]]
    {
      #expect(throws: Failure.self) { try model(weights).quantized(.int8) }
    }
  }
}

/// Bytes in memory as a sink.
private final class CollectingSink: ByteSink {
  private(set) var bytes: [UInt8] = []
  func write(_ bytes: [UInt8]) throws { self.bytes += bytes }
}
