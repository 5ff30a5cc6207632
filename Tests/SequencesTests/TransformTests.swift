// Transformations and scalings compared with SciPy and scikit-learn, features of times with Python.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct TransformTests {
  private func cases(_ kind: String) throws -> [[String]] {
    try seriesCases("transforms").filter { $0[0] == kind }
  }

  private func numbers(_ text: String) -> [Double] { text.split(separator: " ").compactMap { Double($0) } }

  private func request(_ transform: String) throws -> WindowRequest {
    var request = WindowRequest(try WindowLayout(length: 1, inputs: ["y"], targets: ["y"]))
    request.transform = try TargetTransform(parsing: transform)
    return request
  }

  /// Series without times, as a panel.
  private func panel(_ series: [[Double]]) throws -> SeriesPanel {
    let rows = series.enumerated().flatMap { number, values in values.map { "s\(number),\($0)\n" } }
    return try makePanel("unique_id,y\n" + rows.joined())
  }

  @Test func exponentsAreThoseOfSciPy() throws {
    for fields in try cases("boxcox-fit") {
      let (_, settings, _) = try cut(panel(fields.dropFirst(2).map(numbers)), request("boxcox"))
      guard case .boxCox(let exponents?) = settings.transform.values else { return #expect(Bool(false)) }
      let expected = try #require(Double(fields[1]))
      #expect(abs(exponents[0] - expected) < 1e-5, "\(exponents) \(expected)")
    }
  }

  @Test func valuesAreThoseOfSciPy() throws {
    for fields in try cases("boxcox") {
      let (values, expected) = (numbers(fields[2]), numbers(fields[3]))
      let chunk = try cut(panel([values]), request("boxcox(\(fields[1]))")).chunk
      for (value, expected) in zip(chunk.columns["y"]?.tensor?.doubles ?? [], expected.dropFirst()) {
        #expect(abs(value - expected) <= 1e-6 * max(1, abs(expected)))
      }
    }
  }

  @Test func robustScalingIsThatOfScikitLearn() throws {
    for fields in try cases("robust") {
      var fit = ScalerFit(columns: ["a"], for: .robust)
      for value in numbers(fields[1]) { fit.add([value]) }
      let scaler = try fit.scaler(.robust, basis: .all)
      for (value, expected) in zip(numbers(fields[1]), numbers(fields[2])) {
        #expect(abs(scaler.scale(value, column: 0) - expected) < 1e-12 * max(1, abs(expected)))
      }
    }
  }

  @Test func featuresOfTimes() throws {
    let names = "minute,hour,weekday,day,dayofyear,week,month,quarter"
    let widths = [60, 24, 7, 31, 366, 53, 12, 4]
    for fields in try cases("calendar") {
      let time = try #require(Int64(fields[1]))
      let known = try known(names.split(separator: ",").map { "\($0):onehot" }.joined(separator: ","), time)
      let waves = try self.known(names, time)
      var start = 0
      for (number, width) in widths.enumerated() {
        let index = Int(numbers(fields[2])[number])
        #expect(known[start..<start + width].firstIndex(of: 1) == start + index, "\(fields) \(number)")
        #expect(known[start..<start + width].reduce(0, +) == 1)
        let (sine, cosine) = (Double(waves[2 * number]), Double(waves[2 * number + 1]))
        let turns = Double(index) / Double(width)
        #expect(abs(sine * sine + cosine * cosine - 1) < 1e-6)
        // The angle is that share of a turn: both waves agree with the rotation of one step less.
        #expect((sine >= 0) == (turns <= 0.5) || abs(sine) < 1e-6)
        #expect((cosine >= 0) == (turns <= 0.25 || turns >= 0.75) || abs(cosine) < 1e-6)
        start += width
      }
    }
  }

  /// The features of a time and the second after.
  private func known(_ features: String, _ time: Int64) throws -> [Float] {
    var request = try request("log1p")
    request.calendar = try CalendarFeature.list(features)
    let series = try makeSeries(["y"], [1, 2], times: [time, time + 1])
    let chunk = try cut(SeriesPanel(single: series), request).chunk
    return chunk.columns["known"]?.tensor?.floats ?? []
  }

  @Test func predictionsBeyondATransformationAreItsLeastValue() throws {
    var request = try request("boxcox(0.5)")
    request.scale = .none
    let (chunk, settings, _) = try cut(panel([[1, 2]]), request)
    let units = WindowUnits(settings.layout, scaler: settings.scaler, transform: settings.transform)
    #expect(try units.targets([-100], of: chunk) == [0])
    #expect(try units.targets([0], of: chunk) == [1])
  }

  @Test func areStoredInTheHeader() throws {
    for text in ["log1p", "boxcox(0.25)", "difference", "boxcox(2),last", "log1p,difference"] {
      let transform = try TargetTransform(parsing: text)
      var header = StreamHeader(kind: "windows")
      transform.write(into: &header)
      #expect(try TargetTransform(header: header) == transform)
    }
    #expect(try TargetTransform(header: StreamHeader(kind: "windows")) == .none)
  }
}
