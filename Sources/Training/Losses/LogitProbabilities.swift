// Probabilities from the logits that a network outputs whose loss is computed from logits: for its metrics and for the
// classes of its predictions, which would be those of a network that ends with a sigmoid or softmax.

import Glibc
import Kernels

extension Loss {
  /// The probabilities of a network's outputs `[.., width]`, if they are logits.
  public func probabilities(of logits: [Float], width: Int) -> [Float] {
    let (source, result) = (FloatBuffer(logits.count), FloatBuffer(logits.count))
    source.write(logits)
    let rows = logits.count / max(1, width)
    probabilities(
      of: source.matrix(rows: rows, columns: width, stride: width),
      into: result.matrix(rows: rows, columns: width, stride: width))
    return result.array
  }

  /// Writes the probabilities of logits: each output's sigmoid, or each row's softmax.
  func probabilities(of logits: Matrix, into result: Matrix) {
    for row in 0..<logits.rows {
      let values = isBinary ? [] : softmax(logits, row)
      for j in 0..<logits.columns { result[row, j] = isBinary ? sigmoid(logits[row, j]) : Float(values[j]) }
    }
  }

  /// 1 / (1 + e^-z).
  func sigmoid(_ z: Float) -> Float { Float(1 / (1 + exp(-Double(z)))) }

  /// The softmax of a row.
  func softmax(_ logits: Matrix, _ row: Int) -> [Double] {
    let values = (0..<logits.columns).map { Double(logits[row, $0]) }
    let largest = values.max() ?? 0
    let powers = values.map { exp($0 - largest) }
    let total = powers.reduce(0, +)
    return powers.map { $0 / total }
  }
}
