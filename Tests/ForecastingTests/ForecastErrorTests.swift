// Errors of forecasts in double precision, over all targets and for each.

import Forecasting
import Testing

@Suite struct ForecastErrorTests {
  @Test func largeLevelsKeepTheirDigits() {
    var errors = ForecastErrors()
    for row in 0..<100 {
      errors.add([123_456_789.25 + Double(row)], targets: [123_456_789 + Double(row)])
    }
    #expect(errors.mae == 0.25 && errors.mse == 0.0625 && errors.rmse == 0.25)
    // The variance of 0, 1, ..., 99 is 833.25.
    #expect(abs(errors.r2 - (1 - 0.0625 / 833.25)) < 1e-12)
  }

  @Test func absoluteAndSquaredErrors() {
    var errors = ForecastErrors()
    errors.add([1, 2], targets: [2, 4])
    #expect(errors.mse == 2.5 && errors.mae == 1.5)
  }

  @Test func targetsAreApart() {
    var errors = ForecastErrors(outputs: 4)
    errors.add([1, 10, 2, 20, 3, 30, 4, 40], targets: [0, 10, 0, 20, 0, 30, 0, 40])
    let (first, second) = (errors.of(target: 0, among: 2), errors.of(target: 1, among: 2))
    #expect(first.mae == 2.5 && second.mae == 0 && errors.mae == 1.25)
    #expect(first.count == 4 && errors.count == 8)
  }

  /// Keras divides by at least 1e-7.
  @Test func percentagesOfZeros() {
    var errors = ForecastErrors()
    errors.add([1, 11], targets: [0, 10])
    #expect(errors.zeros == 1 && abs(errors.mape - 50 * (1e7 + 0.1)) < 1e-3)
    #expect(abs(errors.mapeWithoutZeros - 10) < 1e-12)
  }

  /// As in Keras, an output whose targets are all the same counts as 0.
  @Test func constantTargets() {
    var errors = ForecastErrors(outputs: 2)
    errors.add([1, 5, 2, 5], targets: [1, 4, 2, 4])
    #expect(errors.r2 == 0.5)
  }
}
