// Copies between a sequence of several features and the segments of each feature, whose rows are row by row and feature
// by feature: row r C + c of the segments is feature c of row r.

/// `result[r C + c, w] = step w of source[r, c]`, for segments of W steps: `source` is `[W n, C]`, step by step, and
/// `result` `[n C, W]`.
public func copySegment(of source: Matrix, into result: Matrix) {
  let (rows, features) = (source.rows / result.columns, source.columns)
  for row in 0..<rows {
    for feature in 0..<features {
      let target = result.base + (row * features + feature) * result.stride
      for step in 0..<result.columns {
        target[step] = source.base[(step * rows + row) * source.stride + feature]
      }
    }
  }
}

/// The reverse: `result` is `[W n, C]`, step by step, and `segment` `[n C, W]`.
public func joinSegment(_ segment: Matrix, into result: Matrix) {
  let (rows, features) = (result.rows / segment.columns, result.columns)
  for row in 0..<rows {
    for feature in 0..<features {
      let from = segment.base + (row * features + feature) * segment.stride
      for step in 0..<segment.columns {
        result.base[(step * rows + row) * result.stride + feature] = from[step]
      }
    }
  }
}
