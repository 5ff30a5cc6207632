// The scaled rows that upcoming windows still need.

import Tensor
import TensorFile

/// A buffer of scaled rows. Row numbers are relative to the start of the series.
struct RowBuffer {
  let inputWidth: Int
  let targetWidth: Int
  var inputs: [Float] = []
  var targets: [Float] = []
  /// The targets in the units of the data.
  var actual: [Double] = []
  /// The weights of the rows; empty if all count the same.
  var weights: [Double] = []
  private var times: [Int64] = []
  private var parts: [UInt8] = []
  private var segments: [Int] = []
  private var first = 0
  /// The last row with a missing value.
  private var lastMissing = -1

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
    actual.removeFirst(count * targetWidth)
    if !weights.isEmpty { weights.removeFirst(count) }
    if !times.isEmpty { times.removeFirst(count) }
    if !parts.isEmpty { parts.removeFirst(count) }
    segments.removeFirst(count)
    first += count
  }

  /// Notes that a value of the row being added is missing.
  mutating func noteMissing() { lastMissing = end }

  /// Whether no value of the window at `start` is missing.
  func isWhole(at start: Int, _ layout: WindowLayout) -> Bool {
    guard lastMissing >= start else { return true }
    guard missingInput(at: start, layout) == nil else { return false }
    return (0..<layout.horizon).allSatisfy { step in
      let row = targetRow(start, step, layout)
      return !targets[row * targetWidth..<(row + 1) * targetWidth].contains(where: \.isNaN)
        && (weights.isEmpty || !weights[row].isNaN)
    }
  }

  /// The row, and the number of the input, of the first missing input of the window at `start`.
  func missingInput(at start: Int, _ layout: WindowLayout) -> (row: Int, input: Int)? {
    for row in stride(from: start, to: start + layout.inputSpan, by: layout.rate) {
      let values = inputs[(row - first) * inputWidth..<(row - first + 1) * inputWidth]
      if let index = values.firstIndex(where: \.isNaN) { return (row, index - values.startIndex) }
    }
    return nil
  }

  func isGapless(from start: Int, to end: Int) -> Bool { segments[start - first] == segments[end - first] }

  /// The part of all targets of the window at `start`; nil if they differ, 0 if the series is not split.
  func part(ofTargetsAt start: Int, _ layout: WindowLayout) -> UInt8? {
    guard !parts.isEmpty else { return 0 }
    let part = parts[targetRow(start, 0, layout)]
    for step in 1..<max(layout.horizon, 1) where parts[targetRow(start, step, layout)] != part { return nil }
    return part
  }

  func copyWindow(at start: Int, _ layout: WindowLayout, into block: inout WindowBlock) {
    for row in stride(from: start - first, to: start - first + layout.inputSpan, by: layout.rate) {
      block.x.append(contentsOf: inputs[row * inputWidth..<(row + 1) * inputWidth])
    }
    for step in 0..<layout.horizon {
      let row = targetRow(start, step, layout)
      block.y.append(contentsOf: targets[row * targetWidth..<(row + 1) * targetWidth])
      block.actual.append(contentsOf: actual[row * targetWidth..<(row + 1) * targetWidth])
      if !times.isEmpty { block.times.append(times[row]) }
    }
    if !weights.isEmpty {
      block.weights.append((0..<layout.horizon).lazy.map { weights[targetRow(start, $0, layout)] }.meanWeight)
    }
    if !parts.isEmpty { block.parts.append(parts[targetRow(start, 0, layout)]) }
    block.rows += 1
  }

  private func targetRow(_ start: Int, _ step: Int, _ layout: WindowLayout) -> Int {
    start - first + (layout.length - 1 + layout.ahead + step) * layout.rate
  }
}
