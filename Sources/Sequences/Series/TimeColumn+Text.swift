// Times as text.

import Calendar

extension TimeColumn {
  /// `seconds` since 1970 as ISO 8601: a date for whole days, weeks or months, else with the time of day, in UTC.
  public func text(_ seconds: Int64) -> String {
    let text = timeText(seconds)
    let isDaily =
      switch step {
      case .seconds(let seconds): seconds % 86_400 == 0
      case .months, .monthEnds: true
      case nil: false
      }
    return isDaily && text.hasSuffix(" 00:00:00") ? String(text.dropLast(9)) : text
  }
}
