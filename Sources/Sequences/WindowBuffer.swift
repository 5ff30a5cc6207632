// Behind the windows: which numbers of a row they take and how those are scaled, the rows that windows to
// come still need, and the windows gathered for the next chunk.

import Failures
import Tensor
import TensorFile

/// Which numbers of a row are inputs and targets, and how they are scaled.
struct WindowSelection {
  private let places: [(column: Int, scale: Int, name: String)]
  private let inputCount: Int
  private let scaler: Scaler

  init(_ facts: WindowFacts, series: SeriesFacts, scaler: Scaler) throws(Failure) {
    let names = facts.inputs + facts.targets
    let columns = try series.indices(of: names)
    let scales = try scaler.indices(of: names)
    places = names.indices.map { (columns[$0], scales[$0], names[$0]) }
    inputCount = facts.inputs.count
    self.scaler = scaler
  }

  func append(_ rows: SeriesRows, row: Int, number: Int, to buffer: inout RowBuffer) throws(Failure) {
    for (index, place) in places.enumerated() {
      let value = Float(scaler.scale(rows.values[row * rows.width + place.column], column: place.scale))
      guard value.isFinite else {
        throw Failure.data(
          "row \(number + 1), column \(place.name): the value is missing, infinite, or too large when scaled")
      }
      if index < inputCount { buffer.inputs.append(value) } else { buffer.targets.append(value) }
    }
  }
}

/// The rows that windows still to come may need, scaled. Row numbers count from the start of the series.
struct RowBuffer {
  let inputWidth: Int
  let targetWidth: Int
  var inputs: [Float] = []
  var targets: [Float] = []
  private var times: [Int64] = []
  private var parts: [UInt8] = []
  private var segments: [Int] = []
  private var first = 0

  init(inputs: Int, targets: Int) {
    inputWidth = inputs
    targetWidth = targets
  }

  var end: Int { first + segments.count }

  mutating func endRow(time: Int64?, part: UInt8?, segment: Int) {
    if let time { times.append(time) }
    if let part { parts.append(part) }
    segments.append(segment)
  }

  mutating func discard(before row: Int) {
    let count = min(row - first, segments.count)
    guard count > 0 else { return }
    inputs.removeFirst(count * inputWidth)
    targets.removeFirst(count * targetWidth)
    if !times.isEmpty { times.removeFirst(count) }
    if !parts.isEmpty { parts.removeFirst(count) }
    segments.removeFirst(count)
    first += count
  }

  func isUnbroken(from start: Int, to end: Int) -> Bool { segments[start - first] == segments[end - first] }

  /// The part of all targets of the window at `start`, nil where they differ; 0 where there are no parts.
  func part(ofTargetsAt start: Int, _ facts: WindowFacts) -> UInt8? {
    guard !parts.isEmpty else { return 0 }
    let part = parts[targetRow(start, 0, facts)]
    for step in 1..<max(facts.horizon, 1) where parts[targetRow(start, step, facts)] != part { return nil }
    return part
  }

  func copyWindow(at start: Int, _ facts: WindowFacts, into block: inout WindowBlock) {
    for row in stride(from: start - first, to: start - first + facts.reach, by: facts.rate) {
      block.x.append(contentsOf: inputs[row * inputWidth..<(row + 1) * inputWidth])
    }
    for step in 0..<facts.horizon {
      let row = targetRow(start, step, facts)
      block.y.append(contentsOf: targets[row * targetWidth..<(row + 1) * targetWidth])
      if !times.isEmpty { block.times.append(times[row]) }
    }
    if !parts.isEmpty { block.parts.append(parts[targetRow(start, 0, facts)]) }
    block.rows += 1
  }

  private func targetRow(_ start: Int, _ step: Int, _ facts: WindowFacts) -> Int {
    start - first + (facts.length - 1 + facts.ahead + step) * facts.rate
  }
}

/// Windows being gathered.
struct WindowBlock {
  var rows = 0
  var x: [Float] = []
  var y: [Float] = []
  var times: [Int64] = []
  var parts: [UInt8] = []

  func chunk(_ facts: WindowFacts) -> Chunk {
    var columns = [
      "x": Tensor(x, shape: [rows, facts.length, facts.inputs.count]),
      "y": Tensor(y, shape: [rows, facts.horizon * facts.targets.count]),
    ]
    if !times.isEmpty { columns["time"] = Tensor(times, shape: [rows, facts.horizon]) }
    if !parts.isEmpty { columns["split"] = Tensor(parts) }
    return Chunk(columns)
  }
}
