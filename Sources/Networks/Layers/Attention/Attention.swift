// Attention by dot products (Luong and others 2015): every step of a query reads the steps of a value, each as much as
// its key resembles the query.
//
//   dot      s[i, j] = g sum_k q[i, k] k[j, k]                g: `scale`, if use_scale, else 1
//   concat   s[i, j] = c sum_k tanh(g (q[i, k] + k[j, k]))    c: `concat_score_weight`
//   w[i] = softmax(s[i])             o[i] = sum_j w[i, j] v[j]
//
// The key is the value unless there is a third input. Masked steps of the value get no weight; masked steps of the
// query give zeros, and their mask is that of the output (keras/src/layers/attention/attention.py).

import Failures
import OptionSyntax

/// Keras's Attention.
struct Attention: AttentionDefinition {
  static let table = OptionTable(
    name: "attention", defaults: Attention(),
    options: [
      CallOption("use_scale", \.useScale, "multiply the scores by a weight"),
      CallOption("score_mode", \.scoreMode, "`dot` or `concat`"),
      .rate("dropout", \.dropout, "share of the attention weights dropped in training"),
    ])
  static let kerasClass = "Attention"

  var useScale = false
  var scoreMode = ScoreMode.dot
  var dropout: Float = 0

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    let scale = WeightSpec(role: "scale", shape: [], initializer: .ones)
    let factor = WeightSpec(role: "concat_score_weight", shape: [], initializer: .ones)
    return (useScale ? [scale] : []) + (scoreMode == .concat ? [factor] : [])
  }

  func scorer(_ context: LayerContext, width: Int) -> any AttentionScorer {
    let scale = context.optionalWeight("scale")
    return switch scoreMode {
    case .dot: DotScorer(scale: scale, width: width, context)
    case .concat:
      AdditiveScorer(
        .shared(context.optionalWeight("concat_score_weight")), scale: scale, width: width, context)
    }
  }
}

/// How attention compares a query with a key.
enum ScoreMode: String, NamedOptionValue {
  case dot, concat
}
