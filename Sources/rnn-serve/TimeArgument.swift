// A time on the command line.

import ArgumentParser

/// A number with its unit: `2ms`, `10s`, `1.5m`, `1h`.
struct TimeArgument: ExpressibleByArgument {
  let duration: Duration

  init?(argument: String) {
    let digits = argument.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number.isFinite,
      let unit = Self.unit(argument.dropFirst(digits.count)),
      number * unit <= 1e9
    else { return nil }
    duration = .seconds(number * unit)
  }

  private static func unit(_ text: Substring) -> Double? {
    switch text {
    case "us": 1e-6
    case "ms": 1e-3
    case "s": 1
    case "m", "min": 60
    case "h": 3600
    default: nil
    }
  }
}
