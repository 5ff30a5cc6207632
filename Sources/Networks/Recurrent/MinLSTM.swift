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
struct MinLSTM: MinimalDefinition {
  static let table = minimalTable("min_lstm", MinLSTM())
  static let kerasClass = "MinLSTM"
  static let kind = MinimalCellKind.lstm

  var options = RecurrentOptions(units: 0)
  var positive = true
}
