// The columns of a model's rows and predictions besides those that are named like the network's inputs and outputs.

import Forecasting
import Sequences
import Training

extension LoadedModel {
  /// The columns with what each row was scaled by, `[rows, targets]`, which are needed to convert predictions to the units
  /// of the data; none if all rows were scaled alike.
  public var rowScaleColumns: [String] { units?.rowColumns ?? [] }

  /// The columns with the limits of the intervals that the model itself predicts; none for other models.
  public var intervalColumns: [String] {
    let levels =
      quantiles?.intervals.map(\.text) ?? (distribution == nil ? [] : PathOptions().levels.map(levelText))
    return levels.flatMap { ["prediction-lo-\($0)", "prediction-hi-\($0)"] }
  }
}
