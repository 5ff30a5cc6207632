// Charts as text: the layout, the width, with and without colors and Unicode.

import Charts
import Testing

private func line(_ y: [Double], scale: Axis.Scale = .linear, x: [Double]? = nil) -> Chart {
  let curve = Series("value", color: 0, x: x ?? y.indices.map(Double.init), y: y)
  return Chart(title: "Title", panels: [Panel(x: Axis("step", scale: scale), y: Axis(""), series: [curve])])
}

private func text(_ chart: Chart, _ style: TextStyle = TextStyle(columns: 60, lines: 20)) -> [String] {
  TextRenderer(style).text(chart).split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
    String.init)
}

@Suite struct TextTests {
  @Test func `lines fit any width`() {
    for columns in [20, 40, 61, 200] {
      for row in text(line([1, 5, 2, 8]), TextStyle(columns: columns, lines: 15)) {
        #expect(row.count <= columns)
      }
    }
  }

  @Test func `the picture fits the height`() {
    #expect(text(line([1, 5, 2, 8])).count <= 20)
  }

  @Test func `a rising line goes from lower left to upper right`() {
    let rows = text(line([0, 1]), TextStyle(columns: 40, lines: 12, hasUnicode: false))
    let drawn = rows.filter { $0.contains("*") && ($0.contains("|") || $0.contains("+")) }
    let columns = drawn.compactMap { row in
      row.firstIndex(of: "*").map { row.distance(from: row.startIndex, to: $0) }
    }
    #expect(columns.count > 4)
    #expect(columns == columns.sorted(by: >))
  }

  @Test func `ASCII terminals get ASCII`() {
    let chart = Chart.history([
      HistoryCurve(name: "loss", epochs: [1, 2], values: [2, 1]),
      HistoryCurve(name: "val_loss", epochs: [1, 2], values: [3, 2]),
    ])
    for style in [
      TextStyle(hasColor: false, hasUnicode: false), TextStyle(hasColor: true, hasUnicode: false),
    ] {
      #expect(TextRenderer(style).text(chart).utf8.allSatisfy { $0 < 0x80 })
    }
  }

  @Test func `without colors there are no escapes, and curves differ by their characters`() {
    let chart = Chart.forecast(
      [ForecastCurve(target: "", x: [0, 1, 2], actual: [1, 2, 3], prediction: [3, 2, 1])], hasTimes: false)
    let plain = TextRenderer(TextStyle()).text(chart)
    #expect(!plain.contains("\u{1B}"))
    #expect(plain.contains("* actual") && plain.contains("o predicted"))
    #expect(TextRenderer(TextStyle(hasColor: true)).text(chart).contains("\u{1B}[38;5;32m"))
  }

  @Test func `one curve is drawn in braille`() {
    let drawn = TextRenderer(TextStyle()).text(line([0, 3, 1, 2]))
    #expect(drawn.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
  }

  @Test func `ticks are round numbers`() {
    let rows = text(line([0, 10]))
    #expect(rows.contains { $0.hasPrefix("10 ┤") || $0.hasPrefix(" 10 ┤") })
    #expect(rows.contains { $0.contains(" 0 ┤") })
  }

  @Test func `times are dates`() {
    let day = 86_400.0
    let joined = text(
      line([1, 2, 3], scale: .time, x: [0, day, 2 * day]), TextStyle(columns: 80, lines: 16)
    )
    .joined(separator: "\n")
    #expect(joined.contains("01-02"))
    #expect(joined.contains("step, 1970"))
  }

  @Test func `years are shown on an axis that spans them`() {
    let year = 365.25 * 86_400
    let joined = text(line([1, 2, 3], scale: .time, x: [0, 5 * year, 10 * year])).joined(separator: "\n")
    #expect(joined.contains("1972") || joined.contains("1975"))
  }

  @Test func `a confusion matrix is a table`() {
    let rows = text(Chart.confusion(ConfusionMatrix(names: ["no", "yes"], counts: [[13, 1], [2, 40]])))
    #expect(rows.contains { $0.hasSuffix("13    1") })
    #expect(rows.contains { $0.hasSuffix("2   40") })
  }

  @Test func `a Chinese character is two columns wide`() {
    let rows = text(line([1, 2]).titled("时间序列预测结果对比时间序列预测结果对比时间序列"), TextStyle(columns: 20, lines: 10))
    #expect(rows[0] == "时间序列预测结果对…" || rows[0].count <= 10)
  }
}

extension Chart {
  fileprivate func titled(_ title: String) -> Chart {
    var copy = self
    copy.title = title
    return copy
  }
}

@Suite struct ChartTests {
  @Test func `the best epoch has the lowest validation loss`() {
    let chart = Chart.history([
      HistoryCurve(name: "loss", epochs: [1, 2, 3], values: [3, 2, 1]),
      HistoryCurve(name: "val_loss", epochs: [1, 2, 3], values: [3, 1.5, .nan]),
      HistoryCurve(name: "mae", epochs: [1, 2, 3], values: [3, 2, 1]),
    ])
    #expect(chart.panels.map(\.title) == ["loss", "mae"])
    #expect(chart.panels.map { $0.marks.map(\.x) } == [[2], [2]])
    #expect(chart.panels[0].series.map(\.name) == ["training", "validation"])
  }

  @Test func `a window ends at the dashed line, its targets follow`() {
    let window = WindowData(
      inputNames: ["a", "b"], inputs: [[1, 2, 3], [3, 2, 1]], targetNames: ["a"], targets: [[4, 5]],
      inputPositions: [0, 1, 2], targetPositions: [3, 4])
    let panel = Chart.window(window, title: "").panels[0]
    #expect(panel.series.map(\.name) == ["input a", "input b", "target a"])
    #expect(panel.series.map(\.x) == [[0, 1, 2], [0, 1, 2], [3, 4]])
    #expect(panel.marks.map(\.x) == [2])
    #expect(Set(panel.series.map(\.color)).count == 3)
  }

  @Test func `histograms count every finite value once`() {
    var whole = Histogram(over: 1...10, bins: 4, isWhole: true)
    for value in 1...10 { whole.add(Double(value)) }
    #expect(whole.width == 3)
    #expect(whole.counts == [3, 3, 3, 1])
    var real = Histogram(over: 0...1, bins: 4, isWhole: false)
    for value in [0, 0.1, 0.25, 0.5, 1, .nan, 7] { real.add(value) }
    #expect(real.counts == [2, 1, 1, 2])
  }

  @Test func `equal ratios have equal distances on a logarithmic axis`() {
    let chart = Chart.curves(
      [CurveTable(name: "t", xName: "n", x: [1, 2, 3], columns: [("cost", [1e-6, 1e-3, 1])])],
      CurveAxes(isLogY: true))
    let rows = TextRenderer(TextStyle(columns: 60, lines: 25, hasUnicode: false)).text(chart)
      .split(separator: "\n")
    func line(_ label: String) -> Int? { rows.firstIndex { $0.contains("\(label) +") } }
    let places = [line("1"), line("1e-03"), line("1e-06")].compactMap { $0 }
    #expect(places.count == 3)
    #expect(abs((places[1] - places[0]) - (places[2] - places[1])) <= 1)
  }

  @Test func `a few x values on a logarithmic axis are its ticks`() {
    let chart = Chart.curves(
      [CurveTable(name: "t", xName: "n", x: [20, 100, 400], columns: [("cost", [1, 2, 3])])],
      CurveAxes(isLogX: true))
    #expect(chart.panels[0].x.positions == [20, 100, 400])
    #expect(chart.panels[0].series.map(\.style) == [.line, .largeDots])
  }

  @Test func `curves are named by their differences`() {
    func names(_ columns: [[String]]) -> [String] {
      let tables = columns.enumerated().map { index, names in
        CurveTable(name: "t\(index)", xName: "x", x: [1], columns: names.map { ($0, [1]) })
      }
      return Chart.curves(tables).panels[0].series.map(\.name).filter { !$0.isEmpty }
    }
    #expect(names([["a"]]) == [])
    #expect(names([["a"], ["b"]]) == ["a", "b"])
    #expect(names([["a"], ["a"]]) == ["t0", "t1"])
    #expect(names([["a", "b"], ["a", "b"]]) == ["t0 a", "t0 b", "t1 a", "t1 b"])
  }
}
