// Times as text, in the form of the input.

import Calendar

extension TimeColumn {
  /// A time in Unix seconds as ISO 8601 in the input's form: `2022-05-01` where the input has dates alone,
  /// `2022-05-01T13:00:00` where it has times without an offset, and with `Z` or `+02:00` where it has offsets or a
  /// time zone. A number outside the years 1 to 9999 stays a number.
  public func text(_ seconds: Int64) -> String {
    guard knownTimes.contains(seconds), case let local = offsets.local(seconds), knownTimes.contains(local)
    else { return String(seconds) }
    let words = CalendarTime(unix: local).text.split(separator: " ")
    if isDate(local) { return String(words[0]) }
    return "\(words[0])T\(words[1])\(offsets.suffix(at: seconds))"
  }

  /// Without a known form, midnights at steps of whole days are dates.
  private func isDate(_ local: Int64) -> Bool {
    guard CalendarTime(unix: local).secondOfDay == 0 else { return false }
    if let form { return form == .date }
    return (step ?? usualStep)?.isWholeDays ?? false
  }
}
