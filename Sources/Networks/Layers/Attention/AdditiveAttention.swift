// Additive attention (Bahdanau and others 2015): as Attention, but a query is compared with a key by a hidden layer.
//
//   s[i, j] = sum_k c[k] tanh(q[i, k] + k[j, k])            c: `scale`, if use_scale, else 1
//   w[i] = softmax(s[i])             o[i] = sum_j w[i, j] v[j]
//
// (keras/src/layers/attention/additive_attention.py)

import Failures
import OptionSyntax

/// Keras's AdditiveAttention.
struct AdditiveAttention: AttentionDefinition {
  static let table = OptionTable(
    name: "additive_attention", defaults: AdditiveAttention(),
    options: [
      CallOption("use_scale", \.useScale, "weight each number of the hidden layer"),
      .rate("dropout", \.dropout, "share of the attention weights dropped in training"),
    ])
  static let kerasClass = "AdditiveAttention"

  var useScale = true
  var dropout: Float = 0

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] {
    useScale ? [WeightSpec(role: "scale", shape: [inputs[0].width], initializer: .glorotUniform)] : []
  }

  func scorer(_ context: LayerContext, width: Int) -> any AttentionScorer {
    AdditiveScorer(.each(context.optionalWeight("scale")), scale: nil, width: width, context)
  }
}
