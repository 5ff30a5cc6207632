// Scaling compared with NumPy, its inverse, constant columns, and its metadata.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesScalerTests {
  private func fit(_ values: [Double], _ kind: ScaleKind) throws -> Scaler {
    var fit = ScalerFit(columns: ["a"], for: kind)
    for value in values { fit.add([value]) }
    return try fit.scaler(kind, basis: .train)
  }

  @Test func scalesAsNumPy() throws {
    for fields in try seriesCases("scaling") {
      let kind = try #require(ScaleKind(rawValue: fields[0]))
      let (values, expected) = (numbers(fields[1]), numbers(fields[2]))
      let scaler = try fit(values, kind)
      for (value, expected) in zip(values, expected) {
        #expect(abs(scaler.scale(value, column: 0) - expected) <= 1e-6 * max(1, abs(expected)), "\(fields)")
      }
    }
  }

  private func numbers(_ text: String) -> [Double] { text.split(separator: " ").compactMap { Double($0) } }

  @Test func invertsTargets() throws {
    for kind in ScaleKind.allCases {
      var fit = ScalerFit(columns: ["a", "b", "c"], for: kind)
      for row in 0..<50 { fit.add([Double(row), 100 - 3 * Double(row), 7]) }
      let scaler = try fit.scaler(kind, basis: .train)
      let original = [97.0, 1, 7, 94, 2, 7]
      let scaled = zip(original, [1, 0, 2, 1, 0, 2]).map { scaler.scale($0, column: $1) }
      for (value, back) in zip(original, try scaler.inverse(scaled, columns: ["b", "a", "c"])) {
        #expect(abs(value - back) < 1e-10)
      }
    }
  }

  @Test func constantColumnsScaleToZero() throws {
    for kind in [ScaleKind.standard, .minmax, .robust] {
      #expect(try fit([0.1, 0.1, 0.1], kind).scale(0.1, column: 0) == 0)
      #expect(try fit([0.1, 0.1, 0.1], kind).factor == [1])
    }
  }

  @Test func isStoredInTheHeader() throws {
    for kind in ScaleKind.allCases {
      var header = StreamHeader(kind: "windows")
      let scaler = try fit([1, 2, 4], kind)
      scaler.write(into: &header)
      #expect(try Scaler(header: header) == scaler)
    }
    #expect(try Scaler(header: StreamHeader(kind: "text")) == nil)
  }

  @Test func refusesDamagedMetadata() throws {
    var header = StreamHeader(kind: "windows")
    try fit([1, 2, 4], .standard).write(into: &header)
    header.side["rnn.scale.factor"] = Tensor([0.0])
    #expect(errorMessage { _ = try Scaler(header: header) }.contains("rnn.scale.factor"))
    header.metadata["rnn.scale"] = "[]"
    #expect(errorMessage { _ = try Scaler(header: header) }.contains("rnn.scale"))
  }

  @Test func rejectsWhatCannotBeScaled() {
    #expect(
      errorMessage { _ = try fit([], .standard) }.contains(
        "the training part, which the scaling is fitted on, has no rows"))
    #expect(errorMessage { _ = try fit([-1.7e308, 1.7e308], .minmax) }.contains("too large"))
    #expect(errorMessage { _ = try fit([-1.7e308, 1.7e308], .standard) }.contains("too large"))
  }
}
