// The calendar compared with the C library's.

import Calendar
import Glibc
import Testing

@Suite struct CalendarTests {
  @Test func agreesWithTheSystem() {
    for day in stride(from: -719_162, through: 2_932_896, by: 97) {
      var seconds = time_t(day * 86_400 + 45_296)
      var parts = tm()
      gmtime_r(&seconds, &parts)
      let time = CalendarTime(unix: Int64(seconds))
      #expect(time.date.year == Int(parts.tm_year) + 1900)
      #expect(time.date.month == Int(parts.tm_mon) + 1)
      #expect(time.date.day == Int(parts.tm_mday))
      #expect(time.unix == Int64(seconds))
    }
  }

  @Test func invalidDays() {
    #expect(CalendarDate(year: 2023, month: 2, day: 29) == nil)
    #expect(CalendarDate(year: 2024, month: 2, day: 29)?.endsMonth == true)
    #expect(CalendarDate(year: 1900, month: 2, day: 29) == nil)
    #expect(CalendarDate(year: 2024, month: 13, day: 1) == nil)
  }

  @Test func text() {
    #expect(timeText(1_467_331_200) == "2016-07-01 00:00:00")
    #expect(timeText(253_402_300_800) == "253402300800")
  }
}
