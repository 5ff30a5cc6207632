// The formats in which a text may be a time: one that is certain, or several that only the whole column can distinguish
// between, such as day/month/year and month/day/year.

/// Derives formats of times from the way a text is written.
struct TimeCandidates {
  private enum Piece: Equatable { case digits(Int), word(String), mark(UInt8) }

  private let pieces: [Piece]

  /// The formats that read `text`; empty if it is not a time.
  static func formats(_ text: ArraySlice<UInt8>) -> [TimeFormat] {
    if let certain = TimeFormat.detect(text) { return [certain] }
    guard text.count <= 64 else { return [] }
    let formats = TimeCandidates(text).patterns().compactMap { try? TimeFormat($0) }
    return formats.filter { $0.read(text) != nil }
  }

  private init(_ text: ArraySlice<UInt8>) {
    var pieces: [Piece] = []
    var scanner = TimeScanner(trimming: text)
    while let next = scanner.next {
      if scanner.digits > 0 {
        pieces.append(.digits(scanner.digits))
        _ = scanner.fraction()
      } else if case let word = scanner.letters(), !word.isEmpty {
        pieces.append(.word(word))
      } else {
        pieces.append(.mark(next))
        _ = scanner.take(next)
      }
    }
    self.pieces = pieces
  }

  private func patterns() -> [String] {
    let start = clockStart ?? pieces.count
    let (end, clock) = clock(from: start)
    // A date is before its time of day or after it.
    let isBefore = start > 0
    guard isBefore ? end == pieces.count : true else { return [] }
    let date = isBefore ? Array(pieces[..<start]) : Array(pieces[end...])
    return dates(date).map { parts in Self.text(isBefore ? parts + clock : clock + parts) }
  }

  /// In words if they are as clear, else in directives.
  private static func text(_ parts: [TimePart]) -> String {
    let isPlain = parts.allSatisfy { part in
      switch part {
      case .field(let field): field.isNumeric && field != .fraction
      case .literal(let byte): !(0x41...0x5A).contains(byte & 0xDF)
      }
    }
    return TimePatternCheck.text(parts, isPlain ? .words : .directives)
  }
}

// MARK: - The time of day

extension TimeCandidates {
  private var clockStart: Int? {
    pieces.indices.dropLast(2).first { index in
      if case .digits = pieces[index], pieces[index + 1] == .mark(UInt8(ascii: ":")),
        case .digits = pieces[index + 2]
      {
        true
      } else {
        false
      }
    }
  }

  private func isMark(_ index: Int, _ marks: String) -> Bool {
    if index < pieces.count, case .mark(let byte) = pieces[index] { marks.utf8.contains(byte) } else { false }
  }

  private func isDigits(_ index: Int) -> Bool {
    if index < pieces.count, case .digits = pieces[index] { true } else { false }
  }

  /// `13:05`, `1:05:59.25 PM`, `13:05:59 +0200`: its end and its parts.
  private func clock(from start: Int) -> (end: Int, parts: [TimePart]) {
    guard start + 2 < pieces.count else { return (start, []) }
    var parts: [TimePart] = [.field(.hour), .literal(0x3A), .field(.minute)]
    var end = start + 3
    if isMark(end, ":"), isDigits(end + 1) {
      parts += [.literal(0x3A), .field(.second)]
      end += 2
      if isMark(end, ".,"), isDigits(end + 1), case .mark(let point) = pieces[end] {
        parts += [.literal(point), .field(.fraction)]
        end += 2
      }
    }
    let blank = isMark(end, " ") ? 1 : 0
    let blanks: [TimePart] = blank > 0 ? [.literal(0x20)] : []
    if let halfEnd = halfDay(from: end + blank) {
      parts[0] = .field(.hour12)
      (parts, end) = (parts + blanks + [.field(.halfDay)], halfEnd)
    } else if let (zoneEnd, zone) = zone(from: end + blank) {
      (parts, end) = (parts + blanks + [.field(zone)], zoneEnd)
    }
    return (end, parts)
  }

  /// The end of `AM`, `pm` or `a.m.`.
  private func halfDay(from start: Int) -> Int? {
    guard start < pieces.count, case .word(let word) = pieces[start] else { return nil }
    if ["am", "pm"].contains(word) { return start + 1 }
    return ["a", "p"].contains(word) && start + 3 < pieces.count && pieces[start + 2] == .word("m")
      ? start + 4 : nil
  }

  private func zone(from start: Int) -> (end: Int, TimeField)? {
    guard start < pieces.count else { return nil }
    if case .word(let word) = pieces[start], zoneAbbreviations[word] != nil { return (start + 1, .zoneName) }
    guard isMark(start, "+-"), isDigits(start + 1) else { return nil }
    return (isMark(start + 2, ":") && isDigits(start + 3) ? start + 4 : start + 2, .offset)
  }
}

// MARK: - The date

extension TimeCandidates {
  /// The parts of a date in each of its readings.
  private func dates(_ pieces: [Piece]) -> [[TimePart]] {
    if let quarter = quarter(pieces) { return [quarter] }
    var kinds: [Int?] = []
    var weekday: [TimePart] = []
    var rest = pieces[...]
    if case .word(let word)? = rest.first,
      weekdayNames.contains(where: { $0 == word || $0.prefix(3) == word })
    {
      (weekday, rest) = ([.field(.weekday)], rest.dropFirst())
    }
    for piece in rest {
      switch piece {
      case .digits(let count): kinds.append(count)
      case .word(let word) where word != "t": kinds.append(nil)
      default: break
      }
    }
    let dotted = rest.contains(.mark(UInt8(ascii: ".")))
    return orders(
      kinds, dotted: dotted, isBlank: rest.dropLast().allSatisfy { $0 != .mark(0x2D) && $0 != .mark(0x27) }
    )
    .map { fields in weekday + parts(rest, fields) }
  }

  /// `Q1 2000`, `1Q2000`, `Q1/2000`.
  private func quarter(_ pieces: [Piece]) -> [TimePart]? {
    let marks: [TimePart] = pieces.compactMap { if case .mark(let byte) = $0 { .literal(byte) } else { nil } }
    let others = pieces.filter { if case .mark = $0 { false } else { true } }
    switch others {
    case [.word("q"), .digits(1), .digits(4)]:
      return [.literal(UInt8(ascii: "Q")), .field(.quarter)] + marks + [.field(.year)]
    case [.digits(1), .word("q"), .digits(4)]:
      return [.field(.quarter), .literal(UInt8(ascii: "Q"))] + marks + [.field(.year)]
    default: return nil
    }
  }

  /// The fields in each possible order. Of `kinds`, numbers are counts of digits, and nil is a month's name.
  private func orders(_ kinds: [Int?], dotted: Bool, isBlank: Bool) -> [[TimeField]] {
    func isShort(_ index: Int) -> Bool { kinds[index].map { $0 <= 2 } ?? false }
    switch kinds.count {
    case 2 where kinds[0] == nil && kinds[1] == 4: return [[.monthName, .year]]
    case 2 where kinds[0] == nil && kinds[1] == 2 && !isBlank: return [[.monthName, .shortYear]]
    case 2 where kinds[0] == 4 && kinds[1] == nil: return [[.year, .monthName]]
    case 2 where isShort(0) && kinds[1] == 4: return [[.month, .year]]
    case 3 where kinds[0] == nil && isShort(1):
      return kinds[2] == 4 ? [[.monthName, .day, .year]] : [[.monthName, .day, .shortYear]]
    case 3 where kinds[1] == nil && kinds[0] == 4: return [[.year, .monthName, .day]]
    case 3 where kinds[1] == nil && kinds[2] == 4: return [[.day, .monthName, .year]]
    case 3 where kinds[1] == nil: return [[.day, .monthName, .shortYear]]
    case 3 where kinds[0] == 4: return [[.year, .month, .day]]
    case 3 where isShort(0) && isShort(1): return numericOrders(hasLongYear: kinds[2] == 4, dotted: dotted)
    default: return []
    }
  }

  private func numericOrders(hasLongYear: Bool, dotted: Bool) -> [[TimeField]] {
    let year = hasLongYear ? TimeField.year : .shortYear
    // In dotted dates, the day is first.
    if dotted { return [[.day, .month, year]] }
    return [[.day, .month, year], [.month, .day, year]] + (hasLongYear ? [] : [[.shortYear, .month, .day]])
  }

  private func parts(_ pieces: ArraySlice<Piece>, _ fields: [TimeField]) -> [TimePart] {
    var fields = fields[...]
    return pieces.flatMap { piece -> [TimePart] in
      switch piece {
      case .mark(let byte): [.literal(byte)]
      case .word("t"): [.literal(UInt8(ascii: "T"))]
      default: fields.popFirst().map { [.field($0)] } ?? []
      }
    }
  }
}
