// The English names of months, weekdays and time zones in times.

private let monthNames = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
  "november",
  "december",
]

/// The English name of a month, 1 to 12.
func monthName(_ month: Int) -> String {
  let name = monthNames[month - 1]
  return name.prefix(1).uppercased() + name.dropFirst()
}

let weekdayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

/// Offsets in seconds of the abbreviations that mean the same offset everywhere. CST, IST, BST and others don't.
let zoneAbbreviations: [String: Int] = [
  "utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "west": 3600, "cet": 3600, "cest": 7200, "eet": 7200,
  "eest": 10_800, "msk": 10_800, "jst": 32_400, "est": -18_000, "edt": -14_400, "mst": -25_200,
  "mdt": -21_600,
  "pst": -28_800, "pdt": -25_200,
]

extension TimeScanner {
  /// The number of a month that is written as `January`, `Jan`, `jan.` or `Sept`.
  mutating func monthName() -> Int? {
    let word = letters()
    guard let index = index(of: word, in: monthNames) ?? (word == "sept" ? 8 : nil) else { return nil }
    _ = word.utf8.count <= 4 && take(UInt8(ascii: "."))
    return index + 1
  }

  /// Skips `Monday`, `Mon` or `mon.`.
  mutating func takeWeekday() -> Bool {
    let word = letters()
    guard index(of: word, in: weekdayNames) != nil || ["tues", "wednes", "thur", "thurs"].contains(word)
    else {
      return false
    }
    _ = take(UInt8(ascii: "."))
    return true
  }

  private func index(of word: String, in names: [String]) -> Int? {
    names.firstIndex { $0 == word || (word.utf8.count == 3 && $0.hasPrefix(word)) }
  }
}
