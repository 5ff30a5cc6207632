// What the kinds of charts are made of: panels by scale, forecasts joined to their history, curves told apart.

import Charts
import Testing

@Suite struct KindTests {
  private static func window(_ columns: [(String, [Double])], targets: [(String, [Double])] = []) -> Chart {
    let length = columns.first?.1.count ?? 0
    let horizon = targets.first?.1.count ?? 0
    return .window(
      WindowData(
        inputNames: columns.map(\.0), inputs: columns.map(\.1), targetNames: targets.map(\.0),
        targets: targets.map(\.1), inputPositions: (0..<length).map(Double.init),
        targetPositions: (length..<length + horizon).map(Double.init)), title: "t")
  }

  @Test func `columns of one scale share a panel`() {
    let chart = Self.window([("a", [1, 2, 3]), ("b", [2, 3, 5])])
    #expect(chart.panels.count == 1)
    #expect(chart.panels[0].series.map(\.name) == ["a", "b"])
  }

  @Test(arguments: [[1000.0, 2000, 3000], [101, 102, 103], [0.001, 0.002, 0.003]])
  func `a column far from the others or of another size has its own`(values: [Double]) {
    let chart = Self.window([("a", [1, 2, 3]), ("b", values)])
    #expect(chart.panels.map(\.title) == ["a", "b"])
    #expect(chart.columns == 1)
  }

  @Test func `constant columns join those that hold their value`() {
    #expect(Self.window([("a", [1, 2, 3]), ("b", [2, 2, 2])]).panels.count == 1)
    #expect(Self.window([("a", [7, 7, 7]), ("b", [9, 9, 9])]).panels.count == 2)
    #expect(Self.window([("a", [.nan, .nan]), ("b", [1, 2])]).panels.count == 1)
  }

  @Test func `a target is in the panel of its input, in its color`() {
    let chart = Self.window([("a", [1, 2, 3]), ("b", [2, 3, 5])], targets: [("b", [4])])
    #expect(chart.panels.count == 1)
    let series = chart.panels[0].series
    #expect(series.map(\.name) == ["a", "b", ""])
    #expect(series[1].color == series[2].color)
  }

  @Test func `panels have the same range of steps`() {
    let chart = Self.window([("a", [1, 2, 3]), ("b", [100, 200, 300])], targets: [("b", [4])])
    #expect(chart.panels.allSatisfy { $0.x.covered == [0, 3] })
  }

  @Test func `a forecast starts at the end of its history`() {
    var curve = ForecastCurve(target: "sold", x: [3, 4], actual: [], prediction: [30, 40])
    (curve.historyX, curve.history) = ([1, 2], [10, 20])
    let chart = Chart.forecast([curve], hasTimes: false)
    let series = chart.panels[0].series
    #expect(series.map(\.name) == ["history", "predicted"])
    #expect(series[1].x == [2, 3, 4])
    #expect(series[1].y == [20, 30, 40])
    #expect(chart.panels[0].marks.map(\.x) == [2])
    #expect(chart.title == "Forecast")
  }

  @Test func `a history that ends in a gap is not joined`() {
    var curve = ForecastCurve(target: "", x: [3], actual: [1], prediction: [30])
    (curve.historyX, curve.history) = ([1, 2], [10, .nan])
    let series = Chart.forecast([curve], hasTimes: false).panels[0].series
    #expect(series.map(\.x) == [[1, 2], [3], [3]])
    #expect(series[2].style == .largeDots)
  }

  @Test func `a curve on another is dashed`() {
    let table = CurveTable(
      name: "t", xName: "n", x: [1, 2], columns: [("low", [0, 0]), ("same", [0, 0.001]), ("high", [1, 2])])
    #expect(Chart.curves([table]).panels[0].series.map(\.style) == [.markedLine, .markedDashes, .markedLine])
    let small = CurveTable(
      name: "t", xName: "n", x: [1, 2], columns: [("low", [1e-9, 1e-9]), ("high", [1e-3, 1])])
    let styles = Chart.curves([small], CurveAxes(isLogY: true)).panels[0].series.map(\.style)
    #expect(styles == [.markedLine, .markedLine])
  }

  @Test func `metrics have their Chinese names`() {
    let curves = ["loss", "val_loss", "my_metric"].map {
      HistoryCurve(name: $0, epochs: [1, 2], values: [1, 2])
    }
    #expect(Chart.history(curves, language: .zh).panels.map(\.title) == ["损失", "my_metric"])
    let runs = [(label: "a", curve: curves[1])]
    #expect(Chart.comparison(of: "val_loss", runs: runs, language: .zh).title == "各次运行的验证损失")
  }

  @Test func `tokens are written in blocks`() {
    let header = TokenList.Entry(position: "position", id: "id", word: "token")
    let entries = (1...30).map { TokenList.Entry(position: "\($0)", id: "\($0 + 2)", word: "w\($0)") }
    let chart = Chart.tokens(TokenList(header: header, entries: entries), title: "Row 0")
    let lines = TextRenderer(TextStyle(columns: 60)).text(chart).split(separator: "\n")
    #expect(lines[0] == "Row 0")
    #expect(lines[1].split(separator: " ") == ["position", "id", "token", "position", "id", "token"])
    #expect(lines.count == 17)
    #expect(lines.allSatisfy { $0.count <= 60 })
  }
}
