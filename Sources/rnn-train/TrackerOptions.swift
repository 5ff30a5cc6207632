// Where else a training run is shown: the option, and MLflow's variables.

import ArgumentParser
import Failures
import OperatingSystem
import Trackers

/// `--tensorboard`.
struct TrackerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Write loss and metrics for TensorBoard while training: event files in a folder for this run, in this folder \
      (tensorboard --logdir FOLDER shows them).
      """, valueName: "folder"), completion: .directory)
  var tensorboard: String?

  func validate() throws {
    if tensorboard?.isEmpty == true { throw ValidationError("--tensorboard needs the name of a folder") }
  }

  /// The server of `RNN_MLFLOW_URI`; nil if the variable is unset.
  /// - Throws: `Failure` (usage) if it is no address.
  func mlflow() throws(Failure) -> MLflowAddress? {
    guard let text = environment("RNN_MLFLOW_URI") else { return nil }
    return try MLflowAddress(text, environment: environment)
  }
}
