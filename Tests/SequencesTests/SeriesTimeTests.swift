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

  private func detect(_ texts: [String]) -> (order: [StepDetector.Order], step: TimeStep?) {
    var detector = StepDetector()
    let order = texts.map { detector.add(TimeFormat.iso.seconds(Array($0.utf8)) ?? 0) }
    return (order, detector.step)
  }

  @Test func findsSteps() {
    #expect(detect(["1949-01", "1949-02", "1949-03", "1949-04"]).step == .months(1))
    #expect(detect(["2020-01-31", "2020-02-29", "2020-03-31", "2020-04-30"]).step == .monthEnds(1))
    #expect(detect(["2020-01-01", "2020-01-02", "2020-01-03"]).step == .seconds(86_400))
    #expect(detect(["2019-01-01", "2020-01-01", "2021-01-01"]).step == .months(12))
    #expect(detect(["1949-01", "1949-02", "1949-03"]).order == [.regular, .regular, .regular])
  }

  @Test func findsIrregularTimes() {
    #expect(
      detect(["2020-01-01", "2020-01-02", "2020-01-04", "2020-01-05"]).order == [
        .regular, .regular, .afterGap, .regular,
      ])
    #expect(detect(["2020-01-01", "2020-01-02", "2020-01-02"]).order.last == .repeated)
    #expect(detect(["2020-01-01", "2020-01-02", "2020-01-01"]).order.last == .backwards)
    #expect(detect(["1949-01", "1949-02", "1949-04"]).order.last == .afterGap)
  }
}
