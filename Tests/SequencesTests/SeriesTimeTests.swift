// Times: conversion to Unix seconds and back compared with Python's datetime, calendar steps, and gaps.

import Calendar
import Sequences
import Testing

@Suite struct SeriesTimeTests {
  @Test func readsWhatPythonWrites() throws {
    let cases = try seriesCases("times")
    #expect(cases.count > 400)
    for fields in cases {
      let format = try TimeFormat(fields[0])
      #expect(format.seconds(Array(fields[1].utf8)) == Int64(fields[2]), "\(fields)")
    }
  }

  @Test func writesWhatItReads() throws {
    for fields in try seriesCases("times") where fields[0] == "iso" {
      let second = try #require(Int64(fields[2]))
      #expect(TimeFormat.iso.seconds(Array(timeText(second).utf8)) == second)
    }
  }

  @Test func readsWhatPandasReads() throws {
    let cases = try seriesCases("formats")
    #expect(cases.count > 300)
    for fields in cases {
      let format = try TimeFormat(fields[0])
      #expect(format.text == fields[0])
      #expect(format.seconds(Array(fields[1].utf8)) == Int64(fields[2]), "\(fields)")
    }
  }

  @Test func localTimesAreWhatPandasTakesThemFor() throws {
    let cases = try seriesCases("zones")
    for name in Set(cases.map { $0[0] }) {
      let rows = cases.filter { $0[0] == name }
      let text = "time,value\n" + rows.map { "\($0[1]),0\n" }.joined()
      let options = SeriesCSVOptions(timeZone: try NamedZone(name))
      var csv = try SeriesCSV(ByteFeed(text), named: "f.csv", options)
      #expect(try csv.next()?.times == rows.map { Int64($0[2]) ?? 0 }, "\(name)")
    }
  }

  @Test(arguments: [
    ("1949-01", -662_688_000), ("1949Q2", -654_912_000), ("2016/7/1", 1_467_331_200),
    ("2016-07-01T00:00Z", 1_467_331_200), ("2016-07-01 02:00+02:00", 1_467_331_200),
    ("1970-01-01 00:00:01.000", 1),
    ("1970", 0), ("20160701", 1_467_331_200), ("2016070112", 1_467_374_400), ("201607", 1_467_331_200),
    ("1467331200", 1_467_331_200), ("1467331200000", 1_467_331_200), ("1467331200000000", 1_467_331_200),
    ("1467331200000000000", 1_467_331_200), ("2016-06-30 24:00", 1_467_331_200),
    ("20160701T000000Z", 1_467_331_200), ("2016-183", 1_467_331_200), ("2016-W26-5", 1_467_331_200),
    ("2016-07-01T00:00:00.25z", 1_467_331_200), ("2016-07-01 12:00 AM", 1_467_331_200),
  ])
  func detects(_ text: String, _ seconds: Int) throws {
    let format = try #require(TimeFormat.detect(Array(text.utf8)))
    #expect(format.seconds(Array(text.utf8)) == Int64(seconds))
  }

  @Test(arguments: [
    "", "x", "2016-13-01", "2015-02-29", "2016-07-01 24:01", "2016-07-01 00:60:00", "1.5", "44562", "86400",
    "16-07-01",
    "2016-07-01 23:59:60", "0000-01-01", "10000-01-01", "2016-07-01 13:00 PM", "2016-366-1", "2015-366",
    "2016-W53-1", "2016Q5", "20161301", "20:00", "2016-07-01T00:00:00.", "2022.01",
  ])
  func refuses(_ text: String) { #expect(TimeFormat.detect(Array(text.utf8)) == nil) }

  @Test func patterns() throws {
    let jena = try TimeFormat("dd.mm.yyyy HH:MM:SS")
    #expect(jena.seconds(Array("01.01.2009 00:10:00".utf8)) == 1_230_768_600)
    #expect(try TimeFormat("%d/%m/%Y %H:%M").seconds(Array("1/7/2016 1:30".utf8)) == 1_467_336_600)
    #expect(try TimeFormat("unix-ms").seconds(Array("1467331200000".utf8)) == 1_467_331_200)
    #expect(errorMessage { _ = try TimeFormat("dd.mm") }.contains("has no year"))
  }

  @Test func monthsAndMonthEnds() {
    #expect(timeText(TimeStep.months(1).advance(0, by: 13)) == "1971-02-01 00:00:00")
    #expect(timeText(TimeStep.months(3).advance(0, by: -1)) == "1969-10-01 00:00:00")
    let january = TimeFormat.iso.seconds(Array("2024-01-31 12:00:00".utf8)) ?? 0
    #expect(timeText(TimeStep.monthEnds(1).advance(january, by: 1)) == "2024-02-29 12:00:00")
    #expect(timeText(TimeStep.monthEnds(1).advance(january, by: 2)) == "2024-03-31 12:00:00")
    #expect(
      [.seconds(3600), .seconds(86_400), .seconds(604_800), .months(1), .months(3), .seconds(7)].map {
        (step: TimeStep) in step.season
      } == [24, 7, 52, 12, 4, nil])
  }

  /// The step and the number of gaps of times in ISO 8601.
  private func steps(
    _ texts: [String], gaps: GapPolicy = .drop, zone: String? = nil, like step: TimeStep? = nil
  ) throws -> (step: TimeStep?, gaps: Int) {
    var column = TimeColumn(column: "t")
    if let zone { column.offsets = .zone(try NamedZone(zone)) }
    var census = StepCensus(column, gaps: gaps)
    for text in texts { try census.add(try #require(TimeFormat.iso.seconds(Array(text.utf8)))) }
    return try census.result(expected: step)
  }

  @Test func findsSteps() throws {
    #expect(try steps(["1949-01", "1949-02", "1949-03", "1949-04"]) == (.months(1), 0))
    #expect(try steps(["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]) == (.monthEnds(1), 0))
    #expect(try steps(["2020-06-30", "2020-09-30"]) == (.monthEnds(3), 0))
    #expect(try steps(["2020-01-01", "2020-01-02", "2020-01-03"]) == (.seconds(86_400), 0))
    #expect(try steps(["2019-01-01", "2020-01-01", "2021-01-01"]) == (.months(12), 0))
    #expect(try steps(["2020-W01", "2020-W02", "2020-W03"]) == (.seconds(604_800), 0))
    #expect(try steps(["2020-01-01"]) == (nil, 0))
  }

  @Test func theCommonestDistanceIsTheStep() throws {
    #expect(try steps(["2020-01-01", "2020-01-02", "2020-01-04", "2020-01-05"]) == (.seconds(86_400), 1))
    #expect(try steps(["2020-01-01 00:00", "2020-01-01 02:00", "2020-01-01 03:00"]) == (.seconds(3600), 1))
    #expect(try steps(["1949-01", "1949-02", "1949-04", "1949-05"]) == (.months(1), 1))
  }

  @Test func weekdaysAreBusinessDays() throws {
    let week = ["2022-01-07", "2022-01-10", "2022-01-11", "2022-01-12", "2022-01-13", "2022-01-14"]
    #expect(try steps(week) == (.businessDays(1), 0))
    #expect(try steps(week + ["2022-01-18"]) == (.businessDays(1), 1))
    // From Monday to Friday, nothing shows whether weekends are left out.
    #expect(try steps(Array(week.dropFirst())) == (.seconds(86_400), 0))
    #expect(try steps(Array(week.dropFirst()), like: .businessDays(1)) == (.businessDays(1), 0))
    let friday = try #require(TimeFormat.iso.seconds(Array("2022-01-07 09:30".utf8)))
    #expect(timeText(TimeStep.businessDays(1).advance(friday, by: 1)) == "2022-01-10 09:30:00")
    #expect(timeText(TimeStep.businessDays(1).advance(friday, by: -5)) == "2021-12-31 09:30:00")
    #expect(TimeStep.businessDays(1).season == 5)
  }

  @Test func rejectsTimesThatDoNotRise() {
    #expect(
      errorMessage { _ = try steps(["2020-01-01", "2020-01-02", "2020-01-02"]) }
        == "row 3 (2020-01-02 00:00:00): the time repeats (keep one row per time)")
    #expect(
      errorMessage { _ = try steps(["2020-01-02", "2020-01-01"]) }
        == "row 2 (2020-01-01 00:00:00): the time goes backwards from 2020-01-02 00:00:00 (sort the rows by time)"
    )
  }

  @Test func theRepeatedHour() throws {
    let night = ["2022-10-30 00:00", "2022-10-30 01:00", "2022-10-30 02:00", "2022-10-30 02:00"]
    #expect(errorMessage { _ = try steps(night) }.contains("--time-zone Europe/Berlin"))
    #expect(try steps(night, gaps: .ignore) == (.seconds(3600), 0))
    let quarters = ["2022-10-30 02:15", "2022-10-30 02:30", "2022-10-30 02:45", "2022-10-30 02:00"]
    #expect(try steps(quarters, gaps: .ignore) == (.seconds(900), 0))
    let days = ["2022-10-29", "2022-10-30", "2022-10-30"]
    #expect(errorMessage { _ = try steps(days, gaps: .ignore) }.contains("the time repeats"))
  }

  @Test func localDaysDifferInLength() throws {
    let midnights = ["2022-03-25 23:00", "2022-03-26 23:00", "2022-03-27 22:00", "2022-03-28 22:00"]
    #expect(try steps(midnights, zone: "Europe/Berlin") == (.days(1), 0))
    let months = ["2022-02-28 23:00", "2022-03-31 22:00", "2022-04-30 22:00"]
    #expect(try steps(months, zone: "Europe/Berlin") == (.months(1), 0))
    var column = TimeColumn(column: "t", step: .days(1))
    column.offsets = .zone(try NamedZone("Europe/Berlin"))
    let saturday = try #require(TimeFormat.iso.seconds(Array("2022-03-26 23:00".utf8)))
    #expect(column.advance(saturday, by: 1).map(timeText) == "2022-03-27 22:00:00")
    #expect(column.text(saturday) == "2022-03-27")
    column.form = .time
    #expect(column.text(saturday) == "2022-03-27T00:00:00+01:00")
  }

  @Test func zoneNames() {
    #expect(errorMessage { _ = try NamedZone("Europe/Berln") }.contains("did you mean Europe/Berlin?"))
    for name in ["BST", "IST", "europe/berlin", "Mars/Olympus", "", "+25:00", "CST"] {
      #expect(errorMessage { _ = try NamedZone(name) }.contains("there is no time zone"), "\(name)")
    }
    for name in ["UTC", "CET", "US/Eastern", "Asia/Kolkata", "+05:30", "Etc/UTC"] {
      #expect(errorMessage { _ = try NamedZone(name) }.isEmpty, "\(name)")
    }
  }
}
