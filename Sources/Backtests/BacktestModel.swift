// The model of a backtest: in training, and loaded as any other model is.

import Failures
import Inference
import TensorFile
import Training

/// A model that is trained for the origins of a backtest.
public struct BacktestModel {
  let fold: Fold

  init(_ fold: Fold) { self.fold = fold }

  /// The training, which may be resumed from a checkpoint.
  public var fit: Fit { fold.fit }
  /// The header of the training windows, for checkpoints.
  public var header: StreamHeader { fold.header }
  /// The number of training windows, those held out for validation included.
  public var windows: Int { fold.windows }
  /// The network's layers.
  public var layers: String { fold.layers }

  /// Throws `Failure` (data) if the loss of training was not finite.
  /// - Parameter origin: which origin the model is for, for the message; nil if it is for all.
  public func check(_ outcome: Fit.Outcome, origin: String? = nil) throws {
    guard outcome == .diverged else { return }
    let loss = fit.state.totals.loss
    throw Failure.data(
      "the loss became \(loss.isNaN ? "nan" : "\(loss)") in epoch \(fit.state.epoch + 1)", at: origin,
      remedy: "try a smaller learning rate or --optimizer \"adam(0.001,clipnorm=1.0)\"")
  }

  func loaded() throws -> LoadedModel {
    fit.trainer.close()
    return try LoadedModel(
      fit.model(dataHeader: fold.header).header, path: "the trained model", usesBest: false)
  }
}
