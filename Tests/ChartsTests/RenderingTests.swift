// Pictures drawn by gnuplot: they have the right format, and nothing in a chart is interpreted as a command.
// Skipped if gnuplot is not installed.

import Charts
import Failures
import Foundation
import Testing

private let hasGnuplot = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
  FileManager.default.isExecutableFile(atPath: $0 + "/gnuplot")
}

private func wave(named name: String = "true", title: String = "Wave") -> Chart {
  let x = (0..<50).map(Double.init)
  let curve = Series(name, color: 0, x: x, y: x.map { sin($0 * 0.2) })
  return Chart(title: title, panels: [Panel(x: Axis("step"), y: Axis("value"), series: [curve])])
}

@Suite(.enabled(if: hasGnuplot)) struct RenderingTests {
  @Test(
    arguments: zip(
      PictureFormat.allCases, [[0x89, 0x50, 0x4E, 0x47], Array("<?xml".utf8), Array("%PDF".utf8)]))
  func `each format begins with its signature`(format: PictureFormat, signature: [UInt8]) throws {
    let picture = try Gnuplot().picture(wave(), format: format, size: PictureSize(width: 400, height: 300))
    #expect(picture.starts(with: signature))
  }

  @Test func `a PNG has the requested size`() throws {
    let picture = try Gnuplot().picture(wave(), format: .png, size: PictureSize(width: 640, height: 320))
    func number(_ at: Int) -> Int { picture[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    #expect(number(16) == 640)
    #expect(number(20) == 320)
  }

  @Test(arguments: [
    "it's", "'leading", "''", "100 %s %n", "`touch /tmp/rnnpipe-injected`",
    "a'; system('touch /tmp/rnnpipe-injected'); '", "\"double\"",
    "line\nsystem 'x'", "back\\slash\\", "@macro $x %d", "温度 °C", "END", "\u{0}\u{1B}[0m\u{2028}",
  ])
  func `text is never a command`(text: String) throws {
    let picture = try Gnuplot().picture(wave(named: text, title: text), format: .svg)
    #expect(picture.count > 1000)
    #expect(!FileManager.default.fileExists(atPath: "/tmp/rnnpipe-injected"))
  }

  @Test func `Chinese words reach the picture`() throws {
    let svg = String(decoding: try Gnuplot().picture(wave(named: "真实值"), format: .svg), as: UTF8.self)
    #expect(svg.contains("真实值"))
    #expect(svg.contains("Noto Sans CJK SC, Noto Sans SC"))
  }

  @Test(arguments: [(["no", "yes"], false), (["adventure novels", "travel guides to far countries"], true)])
  func `long names of classes are turned, so that they don't overlap`(names: [String], isTurned: Bool) throws
  {
    let chart = Chart.confusion(ConfusionMatrix(names: names, counts: [[3, 1], [0, 2]]))
    let svg = String(decoding: try Gnuplot().picture(chart, format: .svg), as: UTF8.self)
    #expect(svg.contains("rotate(-40") == isTurned)
  }

  @Test func `every chart can be drawn`() throws {
    let charts = [
      Chart.forecast(
        [ForecastCurve(target: "", x: [0, 1], actual: [1, 2], prediction: [1, .nan])], hasTimes: false),
      Chart.history([HistoryCurve(name: "loss", epochs: [1], values: [0.5])]),
      Chart.history((0..<7).map { HistoryCurve(name: "m\($0)", epochs: [1, 2], values: [0.5, .infinity]) }),
      Chart.confusion(ConfusionMatrix(names: ["no", "yes"], counts: [[3, 1], [0, 0]])),
      Chart.distribution(
        Histogram(over: 0...0, bins: 10, isWhole: false), of: "x", title: "t",
        marks: [Mark("m", x: 0, color: 1)]),
      Chart.parallel(
        [
          ParallelRun(label: "a", parameters: ["x": "1", "y": "it's"], metric: 1),
          ParallelRun(label: "b", parameters: ["x": "900"], metric: 2),
        ], parameters: ["x", "y"], metric: "loss", prefersLarge: false),
      Chart.parallel([], parameters: ["x"], metric: "loss", prefersLarge: false),
      Chart(title: "nothing", panels: [Panel(x: Axis(""), y: Axis(""), series: [])]),
      Chart(title: "no panels", panels: []),
      wave(),
    ]
    for chart in charts { #expect(try !Gnuplot().picture(chart, format: .svg).isEmpty) }
  }

  /// The labels above the columns end below the title and within the picture. A letter is at least 6 pixels wide.
  @Test(arguments: ["x", "Straßenbahnfahrplan", "电车时刻表", String(repeating: "w", count: 200)])
  func `the labels of a heat map have room below its title`(label: String) throws {
    let map = HeatMap(rows: ["a", label], columns: [label, "b", label], values: [[0, 1, 0.5], [1, 0, 0]])
    let chart = Chart.attention(map)
    for size in [chart.size, PictureSize(width: 400, height: 300)] {
      let svg = String(decoding: try Gnuplot().picture(chart, format: .svg, size: size), as: UTF8.self)
      let title = try #require(svg.firstMatch(of: /translate\([0-9.]+,([0-9.]+)\)[^>]*>\s*<text>Attention</))
      let bottom = try #require(Double(title.1))
      #expect((15...40).contains(bottom))
      let turned = /translate\(([0-9.]+),([0-9.]+)\) rotate\(-60\)[^>]*>\s*<text>([^<]*)</
      let labels = svg.matches(of: turned)
      #expect(labels.count == 3)
      for label in labels {
        let (x, y) = (try #require(Double(label.1)), try #require(Double(label.2)))
        let length = 6 * Double(label.3.count)
        #expect(y - length * sin(.pi / 3) > bottom && x + length * cos(.pi / 3) < Double(size.width))
      }
    }
  }

  @Test func `extreme numbers don't break a picture`() throws {
    let y = [1e300, -1e300, 1e-300, .infinity, .nan, 0]
    let curve = Series("wild", color: 0, x: [0, 1, 2, 3, 4, 5], y: y)
    let chart = Chart(title: "", panels: [Panel(x: Axis("", scale: .time), y: Axis(""), series: [curve])])
    #expect(try !Gnuplot().picture(chart, format: .svg).isEmpty)
    #expect(!TextRenderer(TextStyle()).text(chart).isEmpty)
  }
}

@Suite struct PictureTests {
  @Test func `a missing gnuplot is reported with the package to install`() throws {
    let error = #expect(throws: Failure.self) {
      try Gnuplot(program: "no-such-gnuplot").picture(wave(), format: .png)
    }
    #expect(error?.kind == .unavailable)
    #expect(error?.description.contains("no-such-gnuplot is not installed") == true)
    #expect(error?.remedy?.contains("gnuplot-nox") == true)
  }

  @Test func `a failing gnuplot is reported`() throws {
    let error = #expect(throws: Failure.self) {
      try Gnuplot(program: "false").picture(wave(), format: .png)
    }
    #expect(error?.kind == .software)
  }

  @Test func `the format follows the file name`() throws {
    #expect(try PictureFormat(path: "out/a.b.PNG") == .png)
    #expect(try PictureFormat(path: "a.svg") == .svg)
    #expect(try PictureFormat(path: "x/y.pdf") == .pdf)
    for path in ["a.jpg", "png", "a.png/b", ""] {
      #expect(throws: Failure.self) { try PictureFormat(path: path) }
    }
  }

  @Test func `sizes are parsed`() {
    #expect(PictureSize(parsing: "1200x500") == PictureSize(width: 1200, height: 500))
    for text in ["", "x", "1200", "1200x", "99x500", "10001x500", "1x2x3", "-100x200", "1200X500"] {
      #expect(PictureSize(parsing: text) == nil)
    }
  }
}
