// Steps in the metadata of a stream.

import Calendar
import JSON

extension TimeStep {
  /// Members of `rnn.time`: `"step":3600`, `"days":1`, `"business_days":1`, or `"months":1`, with `"month_ends":true`.
  var members: [String: JSONValue] {
    switch self {
    case .seconds(let seconds): ["step": .integer(seconds)]
    case .days(let days): ["days": .integer(Int64(days))]
    case .businessDays(let days): ["business_days": .integer(Int64(days))]
    case .months(let months): ["months": .integer(Int64(months))]
    case .monthEnds(let months): ["months": .integer(Int64(months)), "month_ends": .bool(true)]
    }
  }

  /// The longest step in seconds: that of all known times.
  private static let longestSeconds = Int(knownTimes.upperBound - knownTimes.lowerBound)

  /// Reads what `members` wrote; nil if there is no step, or an implausible one.
  init?(members: [String: JSONValue]) {
    func count(_ key: String) -> Int? {
      members[key]?.int.flatMap { (1...1_000_000).contains($0) ? $0 : nil }
    }
    if let months = count("months") {
      self = members["month_ends"]?.bool == true ? .monthEnds(months) : .months(months)
    } else if let days = count("days") {
      self = .days(days)
    } else if let days = count("business_days") {
      self = .businessDays(days)
    } else if let seconds = members["step"]?.int, (1...Self.longestSeconds).contains(seconds) {
      self = .seconds(Int64(seconds))
    } else {
      return nil
    }
  }
}
