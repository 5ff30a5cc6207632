// Normally distributed random numbers.

import Glibc

extension RandomStream {
  /// A standard normal number (Box and Muller, 1958; only the cosine branch, one number per call).
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// A standard normal number within two standard deviations; others are redrawn, as in Keras.
  public mutating func truncatedNormal() -> Double {
    while true {
      let value = normal()
      if abs(value) <= 2 { return value }
    }
  }
}
