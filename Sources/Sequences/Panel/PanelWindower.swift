// Cuts several series into windows, or one with more than its own columns. A window belongs to the part that holds all
// its targets; no window crosses a series, or spans a gap.

import Failures
import TensorFile

/// Counts of windows.
public struct WindowCounts: Sendable {
  /// The windows in the training, validation and test part; all are in part 0 if the series are not split.
  public var parts = [0, 0, 0]
  /// The windows dropped because their targets are in several parts.
  public var straddling = 0
  /// The windows dropped because they span a gap.
  public var spanningGaps = 0
  /// The windows dropped because a value that they use is missing.
  public var incomplete = 0

  /// Nothing was counted yet.
  public init() {}
}

/// Cuts one series after another into windows.
public struct PanelWindower {
  /// The number of windows so far.
  public private(set) var counts = WindowCounts()
  /// The number of series with windows.
  public private(set) var series = 0
  private let layout: WindowLayout
  private var preparer: SeriesPreparer
  private var maker: WindowMaker
  private var rows = WindowRows()
  /// The numbers of the windows that are wanted; nil for all.
  private let wanted: Range<Int>?
  /// The number of the next window.
  private var number = 0

  /// - Parameters:
  ///   - settings: how windows are made.
  ///   - schema: the columns of the series.
  ///   - times: what is known of their times.
  ///   - fill: what replaces missing values; nil if they are errors.
  ///   - respectsParts: whether parts are stretches of time, which no line of filled values crosses.
  ///   - numbers: how numbers are written.
  ///   - scales: what series are scaled by, if each is scaled by itself; others by their values here.
  ///   - wanted: the numbers of the windows that are wanted, from 0, those counted that are dropped; nil for all.
  public init(
    _ settings: WindowSettings, _ schema: SeriesSchema, times: PanelTimes?, fill: Fill?, respectsParts: Bool,
    numbers: NumberFormat, scales: SeriesScales = SeriesScales(), wanted: Range<Int>? = nil
  ) throws(Failure) {
    self.wanted = wanted
    layout = settings.layout
    preparer = SeriesPreparer(
      schema, settings.requirements(isForecast: false), times: times, fill: fill,
      short: settings.panel?.short ?? .drop, respectsParts: respectsParts)
    maker = try WindowMaker(settings, schema, numbers: numbers, isForecast: false)
    maker.given = scales
  }

  /// Adds the windows of a series; calls `body` with each chunk that is full.
  public mutating func add(_ series: PanelSeries, _ body: (Chunk) throws -> Void) throws {
    guard let prepared = try preparer.prepare(series) else { return }
    let numbers = number..<number + count(prepared)
    number = numbers.upperBound
    let own = wanted?.clamped(to: numbers) ?? numbers
    guard wanted == nil || !own.isEmpty else { return }
    let source = try maker.source(prepared)
    let segments = SeriesSegments(prepared)
    var start = maker.settings.firstRow + (own.lowerBound - numbers.lowerBound) * layout.stride
    self.series += 1
    for _ in own {
      if let part = keep(source, segments, at: start) {
        try maker.append(source, at: start, part: prepared.rows.parts == nil ? nil : part, to: &rows)
        if rows.count == windowsPerChunk { try flush(body) }
      }
      start += layout.stride
    }
  }

  /// The number of windows of a series, those counted that are dropped. A windower that counts can't add.
  public mutating func count(_ series: PanelSeries) throws -> Int {
    try preparer.prepare(series).map(count) ?? 0
  }

  private func count(_ series: PreparedSeries) -> Int {
    layout.count(rows: series.history - maker.settings.firstRow)
  }

  /// Calls `body` with the last chunk.
  public mutating func finish(_ body: (Chunk) throws -> Void) throws { if rows.count > 0 { try flush(body) } }

  private mutating func flush(_ body: (Chunk) throws -> Void) throws {
    try body(rows.chunk(maker.settings))
    rows = WindowRows()
  }

  /// The number of windows in a chunk of about 4 MiB.
  private var windowsPerChunk: Int {
    let inputs =
      layout.length * layout.inputs.count
      + (layout.length + layout.horizon) * maker.settings.known.width + 16
    return max(1, (1 << 22) / (4 * inputs + 20 * layout.horizon * layout.targets.count))
  }

  /// The part of the window at `start`; nil if it is dropped.
  private mutating func keep(_ source: WindowMaker.Source, _ segments: SeriesSegments, at start: Int)
    -> UInt8?
  {
    guard segments.isGapless(from: start, to: start + layout.span - 1) else {
      counts.spanningGaps += 1
      return nil
    }
    guard maker.isComplete(source, at: start) else {
      counts.incomplete += 1
      return nil
    }
    guard let part = part(source.series.rows.parts, at: start) else {
      counts.straddling += 1
      return nil
    }
    counts.parts[Int(part)] += 1
    return part
  }

  /// The part of all targets; nil if they are in several.
  private func part(_ parts: [UInt8]?, at start: Int) -> UInt8? {
    guard let parts else { return 0 }
    let rows = maker.targetRows(start)
    guard let first = rows.first(where: { _ in true }).map({ parts[$0] }) else { return nil }
    return rows.allSatisfy { parts[$0] == first } ? first : nil
  }
}

// MARK: - Reports

extension PanelWindower {
  /// What series were scaled by, if each is scaled by itself.
  public var scales: SeriesScales { maker.found }
  /// The number of gaps in the times.
  public var gaps: Int { preparer.gaps }
  /// The number of series that were left out as too short.
  public var leftOut: Int { preparer.leftOut.count }
  /// The number of series that were padded.
  public var padded: Int { preparer.padded }
  /// The columns in which single precision can't distinguish neighboring values, even after scaling.
  public var blurredColumns: [String] { layout.columns.filter(maker.blurredColumns.contains) }

  /// What was done to the series, for the user.
  public var notes: [String] { preparer.notes }
  /// What the user should know.
  public var warnings: [String] {
    preparer.fillWarnings
      + preparer.shortWarning(
        span: layout.span + maker.settings.firstRow, forWhat: "a window and its targets")
  }

  /// Throws `Failure` (data) if there are no windows at all.
  public func check() throws(Failure) {
    if series == 0 { throw preparer.allTooShort(span: layout.span + maker.settings.firstRow) }
    guard counts.parts.reduce(0, +) == 0 else { return }
    if counts.straddling > 0 {
      throw Failure.data(
        "no windows are left: the targets of all \(counts.straddling) are in several parts",
        remedy: "use rnn-split --chronological with larger parts")
    }
    if counts.incomplete > 0 {
      throw Failure.data(
        "no windows are left: all \(counts.incomplete) use a missing value",
        remedy: "fill the missing values with --fill previous, for example")
    }
    throw Failure.data("no windows are left: all \(counts.spanningGaps) span a gap in the times")
  }
}

extension SeriesPreparer {
  var notes: [String] {
    var notes: [String] = []
    if inserted > 0 { notes.append("inserted \(inserted) missing row\(inserted == 1 ? "" : "s")") }
    if filled > 0 { notes.append("filled \(filled) missing value\(filled == 1 ? "" : "s")") }
    if futureRows > 0 {
      notes.append(
        "\(counted(futureRows, "row")) without targets at the end of the series \(futureRows == 1 ? "is its" : "are their") future"
      )
    }
    return notes
  }

  var fillWarnings: [String] { warnings }

  /// Names the series that were left out.
  func shortWarning(span: Int, forWhat what: String) -> [String] {
    guard leftOut.count > 0 else { return [] }
    let isOne = leftOut.count == 1
    let needed =
      short == .pad ? "\(counted(leastRows, "row")) that padding needs" : "\(counted(span, "row")) of \(what)"
    return [
      "\(leftOut.count) series \(isOne ? "has" : "have") fewer than the \(needed) and "
        + "\(isOne ? "is" : "are") left out: \(leftOut.text)"
        + (short == .pad ? "" : " (--short pad keeps them)")
    ]
  }

  func allTooShort(span: Int) -> Failure {
    guard leftOut.count > 0 else { return Failure.data("there are no rows") }
    return Failure.data(
      "a window and its targets span \(counted(span, "row")); "
        + (leftOut.text.isEmpty
          ? "the series has \(longestLeftOut)" : "the longest series has \(longestLeftOut)"),
      remedy: "use a shorter --length or --horizon")
  }
}

/// The stretches of a series between its gaps.
private struct SeriesSegments {
  /// The number of gaps before each row; nil if there are none.
  private var segments: [Int]?

  init(_ series: PreparedSeries) {
    guard let checked = series.times, checked.gaps > 0, let times = series.rows.times else { return }
    var detector = GapDetector(checked.column, step: checked.gapStep)
    segments = times.map { detector.segment(of: $0) }
  }

  func isGapless(from start: Int, to end: Int) -> Bool {
    segments.map { $0[start] == $0[end] } ?? true
  }
}
