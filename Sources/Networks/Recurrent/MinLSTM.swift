// The minimal LSTM (Feng et al. 2024, Were RNNs All We Needed?): gates that don't read the state, and that add up to 1.
//
//   x = x_t W + b                   W [F, 3H], b [3H], gates in the order h f i
//   f, i = s(x_f), s(x_i)           how much to keep, to add
//   p = f / (f + i)                 the share that is kept
//   g = g(x_h)                      the candidate: x + 1/2 for x >= 0, s(x) below; x_h itself with positive=false
//   h_t = p h_{t-1} + (1 - p) g     there is neither a memory c nor an output gate
//
// Backward, with dh = dL/dh_t from above and from step t+1, and dp = dh (h_{t-1} - g):
//
//   dx_h = dh (1 - p) g'(x_h)       dh_{t-1} = dh p
//   dx_f = dp p (1 - p) (1 - f)     dx_i = -dp p (1 - p) (1 - i)
//   dW = sum_t x_t^T dx             db = sum_t dx
//
// As for minGRU, the positive candidate is that of the paper's appendix and of mingru-pytorch, and all products with
// the input come first.

import Kernels

/// minLSTM.
struct MinLSTM: RecurrentDefinition {
  static let table = scanTable(
    "min_lstm", MinLSTM(), own: [CallOption("positive", \.positive, "whether the candidate is made positive")]
  )
  static let kerasClass = "MinLSTM"
  static let isInKeras = false
  static let stateNames = ["h"]

  var options = RecurrentOptions(units: 0)
  /// Whether the candidate is made positive.
  var positive = true

  func gates(inputWidth: Int) -> Int { 3 }

  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] { scanWeights(inputWidth: inputs[0].width) }

  func makeParts(
    _ input: LayerInput, _ histories: [Activation], addsInputGradient: Bool, _ context: LayerContext
  ) throws -> RecurrentParts {
    let products = try InputProducts(
      input, options, gates: 3, addsInputGradient: addsInputGradient, context)
    let cell = MinimalCell(
      .lstm, options, positive: positive, products, input, h: histories[0], context)
    return RecurrentParts(products: products, cell: cell)
  }
}
