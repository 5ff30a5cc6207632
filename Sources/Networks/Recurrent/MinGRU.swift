// The minimal gated recurrent unit (Feng et al. 2024, Were RNNs All We Needed?): a GRU whose gates don't read the
// state.
//
//   x = x_t W + b                   W [F, 2H], b [2H], gates in the order h z
//   z = s(x_z)                      how much of the candidate to take
//   g = g(x_h)                      the candidate: x + 1/2 for x >= 0, s(x) below; x_h itself with positive=false
//   h_t = (1 - z) h_{t-1} + z g
//
// Backward, with dh = dL/dh_t from above and from step t+1:
//
//   dx_h = dh z g'(x_h)    dx_z = dh (g - h_{t-1}) z (1 - z)    dh_{t-1} = dh (1 - z)
//   dW = sum_t x_t^T dx    db = sum_t dx
//
// The positive candidate is that of the paper's appendix and of its usual implementations (mingru-pytorch), which
// compute h in logarithms; the paper's main text has the candidate without it. All products with the input come first,
// for many steps at a time (ProjectedBlocks.swift); what remains of a step is elementwise
// (Kernels/MinimalKernels.swift).

import Kernels

/// minGRU.
struct MinGRU: MinimalDefinition {
  static let table = minimalTable("min_gru", MinGRU())
  static let kerasClass = "MinGRU"
  static let kind = MinimalCellKind.gru

  var options = RecurrentOptions(units: 0)
  var positive = true
}
