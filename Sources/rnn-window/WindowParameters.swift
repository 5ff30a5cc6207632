// The settings of windows, as the registry records them.

import Sequences
import Stage

extension StageRun {
  /// Records how a series is cut and scaled.
  func record(_ layout: WindowLayout, scale: ScaleKind) {
    for (key, value) in [
      ("length", layout.length), ("horizon", layout.horizon), ("stride", layout.stride),
      ("rate", layout.rate),
      ("ahead", layout.ahead),
    ] {
      parameter(key, value)
    }
    parameter("inputs", layout.inputs.joined(separator: ","))
    parameter("targets", layout.targets.joined(separator: ","))
    parameter("scale", scale.rawValue)
  }
}
