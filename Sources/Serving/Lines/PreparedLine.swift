// A line of a request, prepared like the model's training data.

import Inference
import TensorFile

/// The rows in a line.
struct PreparedLine: Sendable {
  /// The rows, with all that their answer shows.
  let chunk: Chunk
  /// How forecasts are written; nil for one row.
  let forecast: ForecastForm?
}
