// Which values a window lacks: those of its inputs and targets, and what is known over its horizon.

extension WindowMaker {
  /// Whether all values of a window are known.
  func isComplete(_ source: Source, at start: Int) -> Bool { firstMissing(source, at: start) == nil }

  /// The row and the column of the first missing value of a window; nil if there is none.
  func firstMissing(_ source: Source, at start: Int) -> (row: Int, column: String)? {
    for row in inputRows(start) {
      if let input = inputs.firstIndex(where: { source.columns.values[$0][row].isNaN }) {
        return (row, layout.inputs[input])
      }
      if let column = missingKnown(source, row) { return (row, column) }
    }
    if let target = missingBase(source, at: start) { return (start + layout.inputSpan - 1, target) }
    for row in targetRows(start) {
      if !isForecast,
        let target = targets.firstIndex(where: { $0.map { source.columns.values[$0][row].isNaN } ?? false })
      {
        return (row, layout.targets[target])
      }
      if let column = missingKnown(source, row) { return (row, column) }
      if let weights, weights.weight(source.series.rows, row: row).isNaN { return (row, layout.weight ?? "") }
    }
    return nil
  }

  /// The target whose last value, from which differences start, is missing; nil if there is none.
  private func missingBase(_ source: Source, at start: Int) -> String? {
    guard settings.transform.reference == .difference else { return nil }
    let row = start + layout.inputSpan - 1
    let missing = targets.firstIndex { target in target.map { source.columns.levels[$0][row].isNaN } ?? true }
    return missing.map { layout.targets[$0] }
  }

  private func missingKnown(_ source: Source, _ row: Int) -> String? {
    let width = knownFeatures.width
    guard width > 0 else { return nil }
    guard (row + 1) * width <= source.known.count else { return settings.known.columns.first ?? "time" }
    let values = source.known[row * width..<row * width + settings.known.columns.count]
    return values.firstIndex(where: \.isNaN).map { settings.known.columns[$0 - row * width] }
  }
}
