// Attention in double precision, equation by equation (Sources/Networks/Layers/Attention).

import Glibc
import Networks

extension Reference64 {
  /// Attention of either kind, of unmasked steps.
  func attention(_ name: String, _ layer: LayerSpec, _ inputs: [Values64]) -> Values64 {
    let (query, value, key) = (inputs[0], inputs[1], inputs[inputs.count - 1])
    var y = Values64(rows: query.rows, steps: query.steps, width: value.width)
    for row in 0..<y.rows {
      for step in 0..<y.steps {
        let scores = (0..<value.steps).map { score(name, layer, query[row, step], key[row, $0]) }
        let powers = scores.map { exp($0 - (scores.max() ?? 0)) }
        let total = powers.reduce(0, +)
        for (read, power) in powers.enumerated() {
          y[row, step] = zip(y[row, step], value[row, read]).map { $0 + power / total * $1 }
        }
      }
    }
    return y
  }

  private func score(_ name: String, _ layer: LayerSpec, _ query: [Double], _ key: [Double]) -> Double {
    let scale = weights["\(name).scale"]
    let isDot = layer.name == "attention" && !layer.description.contains("concat")
    if isDot { return (scale?[0] ?? 1) * zip(query, key).reduce(0) { $0 + $1.0 * $1.1 } }
    let isAdditive = layer.name == "additive_attention"
    let inner = isAdditive ? 1 : scale?[0] ?? 1
    let outer = isAdditive ? nil : weights["\(name).concat_score_weight"]?[0]
    return query.indices.reduce(0) { sum, index in
      let factor = outer ?? scale?[index] ?? 1
      return sum + factor * tanh(inner * (query[index] + key[index]))
    }
  }
}
