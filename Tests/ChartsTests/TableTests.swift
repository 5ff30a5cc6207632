// Charts as tables, and texts with numbers below their tokens.

import Charts
import Failures
import Testing

@Suite struct TableTests {
  @Test func `points with bands, bars and details have their columns`() {
    var curve = ForecastCurve(target: "sold", x: [0, 86_400], actual: [], prediction: [30, .nan])
    curve.bands = [ForecastCurve.Band(name: "80 %", low: [20, 25], high: [40, 45])]
    let forecast = ChartTable(.forecast([curve], hasTimes: true))
    #expect(forecast.names == ["panel", "series", "x", "y", "low", "high"])
    #expect(forecast.lines[0] == [.text("sold"), .text("80 %"), .time(0), .none, .number(20), .number(40)])
    #expect(forecast.lines[2] == [.text("sold"), .text("predicted"), .time(0), .number(30), .none, .none])
    guard case .number(let gap) = forecast.lines[3][3] else { return #expect(Bool(false)) }
    #expect(gap.isNaN)

    let bins = ReliabilityCurve(
      name: "好", key: "good", predicted: [0.1], observed: [0.2], counts: [7], histogram: [7, 0])
    let reliability = ChartTable(.reliability([bins], note: "", axes: ("p", "f"), language: .zh))
    #expect(reliability.names == ["panel", "series", "x", "y", "width", "count"])
    #expect(
      reliability.lines[2]
        == [.text("reliability"), .text("good"), .number(0.1), .number(0.2), .none, .number(7)])
    #expect(
      reliability.lines[3]
        == [.text("predictions"), .text("good"), .number(0.25), .number(7), .number(0.5), .none])
  }

  @Test func `classes on an axis are named`() {
    var histogram = Histogram(over: 0...1, bins: 60, isWhole: true)
    histogram.add(1, times: 3)
    let table = ChartTable(.distribution(histogram, of: "y", title: "", names: ["bad", "good"]))
    #expect(table.lines.map { $0[2] } == [.text("bad"), .text("good")])
  }

  @Test func `matrices and heat maps have a line for each cell`() {
    let matrix = ConfusionMatrix(names: ["a", "b"], counts: [[3, 1], [0, 0]])
    let confusion = ChartTable(.confusion(matrix))
    #expect(confusion.lines[1] == [.text("a"), .text("b"), .number(1), .number(0.25)])
    let map = HeatMap(rows: ["x"], columns: ["p", "q"], values: [[0.5, 1]])
    #expect(
      ChartTable(.attention(map)).lines[1] == [.number(1), .text("x"), .number(2), .text("q"), .number(1)])
  }

  @Test func `the table of thresholds has the same names in each language`() {
    let curve = ThresholdCurve(
      name: "", x: [0, 1], y: [0, 1], thresholds: [.infinity, 0.5], summary: 0.5, prevalence: 0.25,
      chosen: (1, 1))
    #expect(ChartTable(.roc([curve])) == ChartTable(.roc([curve], language: .zh)))
    #expect(ChartTable(.precisionRecall([curve])) == ChartTable(.precisionRecall([curve], language: .zh)))
    #expect(Chart.roc([curve]).measures == ["auc": 0.5])
    #expect(
      ChartTable(.roc([curve])).lines.last == [
        .text("roc"), .text("predicted class"), .number(1), .number(1), .none,
      ])
  }
}

@Suite struct TokenHeatTests {
  private static func heat(_ values: [Double], tokens: [String]? = nil) -> TokenHeat {
    TokenHeat(
      tokens: tokens ?? values.map { _ in "word" }, steps: Array(1...values.count),
      rows: [TokenHeat.Row("f forget", key: "f", values)], caption: "scale")
  }

  private static func text(
    _ heat: TokenHeat, columns: Int = 80, hasColor: Bool = false, hasUnicode: Bool = true
  )
    -> String
  {
    TextRenderer(TextStyle(columns: columns, hasColor: hasColor, hasUnicode: hasUnicode))
      .text(.gates(heat, title: ""))
  }

  @Test func `shades span the values of a row`() {
    let text = Self.text(Self.heat([0, 0.5, 1]))
    #expect(text.contains("f forget 0–1  " + "     ▒▒▒▒ ████"))
    #expect(text.contains("[ ░▒▓█] scale"))
  }

  @Test func `negative values have other characters than positive ones`() {
    let text = Self.text(Self.heat([-2, 0, 2]), hasUnicode: false)
    #expect(text.contains("f forget +-2  @@@@      ####"))
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func `lines are no wider than the terminal`() {
    let tokens = (0..<60).map { String(repeating: "字", count: $0 % 7 + 1) }
    for columns in [20, 40, 80] {
      let text = Self.text(Self.heat((0..<60).map(Double.init), tokens: tokens), columns: columns)
      for line in text.split(separator: "\n") {
        let width = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x2E80 ? 2 : 1) }
        #expect(width <= columns, "\(columns): \(line)")
      }
    }
  }

  @Test func `equal, missing and huge values`() {
    #expect(Self.text(Self.heat([0.7, 0.7])).contains("f forget 0.7–"))
    #expect(Self.text(Self.heat([0, 0])).contains("0–0.1"))
    #expect(Self.text(Self.heat([.nan, 1])).contains("????"))
    #expect(Self.text(Self.heat([.nan])).contains("0–1"))
    #expect(Self.text(Self.heat([1e-300, 3e250])).contains("3e+250"))
    #expect(!Self.text(Self.heat([0.5]), hasColor: true).contains("▒"))
  }

  @Test func `a text that doesn't fit into a picture is refused`() {
    let heat = Self.heat((0..<300).map(Double.init))
    let failure = #expect(throws: Failure.self) {
      try Gnuplot(program: "none").picture(
        .gates(heat, title: ""), format: .svg, size: PictureSize(width: 300, height: 100))
    }
    #expect(failure?.kind == .usage)
  }
}

@Suite struct ThinningTests {
  @Test func `an axis has at least two ticks`() throws {
    let curve = ForecastCurve(
      target: "", x: (0..<20).map(Double.init), actual: [], prediction: (0..<20).map { Double($0) * 0.048 })
    let text = TextRenderer(TextStyle(columns: 60, lines: 12)).text(.forecast([curve], hasTimes: false))
    #expect(text.split(separator: "\n").count { $0.contains("┤") } >= 2)
  }
}
