// CSV as a series: the grammar, the selection of columns, and errors with their position.

import Failures
import Sequences
import Testing

@Suite struct SeriesCSVTests {
  private func records(_ text: String, block: Int = .max) throws -> [[String]] {
    var reader = try CSVReader(ByteFeed(text, block: block), named: "f.csv")
    var records = [reader.header]
    while let record = try reader.next() { records.append((0..<record.count).compactMap(record.text)) }
    return records
  }

  private func series(_ text: String, _ options: SeriesCSVOptions = .init()) throws -> SeriesRows {
    var csv = try SeriesCSV(ByteFeed(text, block: 7), named: "f.csv", options)
    var all = SeriesRows(width: csv.schema.columns.count, hasTimes: csv.schema.time != nil, hasParts: false)
    while let rows = try csv.next(atMost: 2) {
      all.values += rows.values
      if let times = rows.times { all.times?.append(contentsOf: times) }
    }
    return all
  }

  @Test(arguments: [
    ("a,b\n1,2\n3,4\n", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("a,b\r\n1,2\r\n3,4", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("\u{FEFF}a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
    ("a\tb c\n1\t\n", [["a", "b c"], ["1", ""]]),
    ("a,\"b,\"\"x\"\"\n\"\n\"1\",2\n\n\n", [["a", "b,\"x\"\n"], ["1", "2"]]),
    (" a , b \n 1 , 2 \n", [["a", "b"], ["1", "2"]]),
    (",0,1\n0,1.5,2\n", [["column1", "0", "1"], ["0", "1.5", "2"]]),
    (",b\n1,2\n", [["column1", "b"], ["1", "2"]]),
    ("a,b\r1,2\r3,4\r", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("a,b\n1,2\r\n3,4\r5,6\n", [["a", "b"], ["1", "2"], ["3", "4"], ["5", "6"]]),
    ("sep=;\r\na;b,c\r\n1;2\r\n", [["a", "b,c"], ["1", "2"]]),
    ("a|b\n1|2,5\n", [["a", "b"], ["1", "2,5"]]),
    ("a,b\n1,2\n,\n3,4\n,\n  \n,\n", [["a", "b"], ["1", "2"], ["", ""], ["3", "4"]]),
    ("a,b,,\n1,2,,\n3,4,,\n", [["a", "b"], ["1", "2"], ["3", "4"]]),
    ("a,b\n1,\"\"\n\"\",\"\"\n", [["a", "b"], ["1", ""], ["", ""]]),
    ("date,0.1,0.9\n2022-01-01,1.5,2.5\n", [["date", "0.1", "0.9"], ["2022-01-01", "1.5", "2.5"]]),
  ])
  func grammar(_ text: String, _ expected: [[String]]) throws {
    for block in [1, 2, 3, 1000] { #expect(try records(text, block: block) == expected) }
  }

  @Test(arguments: [
    ("", "no input"), ("a,b\n1\n", "line 2 has 1 field; the header has 2"),
    ("a,b\n1,2\n1,2,3\n", "line 3 has 3 fields"),
    ("a,b\n1,\"2\n", "line 2, field 2: the closing quote is missing"),
    ("a,b\n1,\"2\"3\n", "line 2, field 2: text follows a closing quote"), ("a,b\n\n1,2\n", "line 2 is empty"),
    ("1,2\n3,4\n", "line 1 contains values, not column names"),
    ("a,a\n1,2\n", "two columns have the name a"),
    ("2022-01-01,1\n2022-01-02,2\n", "line 1 contains values"), ("A,1.5\nA,2.25\n", "line 1 contains values"),
    ("Jan-18,5\nFeb-18,6\n", "line 1 contains values"), ("NA,1\n2,3\n", "line 1 contains values"),
    ("\na,b\n1,2\n", "line 1 is empty"), ("\n\n", "no input"),
    ("a,b,\n1,2,\n3,4,5\n", "line 3 has a value in column 3, which has no name"),
    ("# by x\na,b\n1,2\n", "remove the comment lines"),
    ("a,b\nr1,1,2\n", "name each column"), ("a,\"\u{E9}\nb\"\n1,2\n1\n", "line 4 has 1 field"),
  ])
  func badGrammar(_ text: String, _ message: String) {
    let error = errorMessage { _ = try records(text) }
    #expect(error.contains(message) && error.hasPrefix("f.csv: "), "\(error)")
  }

  @Test func timesAndColumns() throws {
    let text = "date,a,b\n2016-07-01 00:00:00,1,2\n2016-07-01 01:00:00,-3.5e2,4\n"
    let rows = try series(text)
    #expect(rows.values == [1, 2, -350, 4])
    #expect(rows.times == [1_467_331_200, 1_467_334_800])
    #expect(try series(text, .init(time: ColumnList(["date"]), columns: ColumnList(["b"]))).values == [2, 4])
    #expect(try series("a,t\n1,1949-02\n", .init(time: ColumnList(["t"]))).times == [-660_009_600])
    #expect(
      try series("a;b\n1,5;-,25\n", .init(form: CSVForm(numbers: NumberFormat(decimalComma: true)))).values
        == [1.5, -0.25])
  }

  @Test(arguments: [
    ("date,a\n2016-07-01,1\n2016-07-02,\n", "row 2 (line 3, 2016-07-02), column a: the value is missing"),
    ("a,b\n1,NaN\n", "row 1 (line 2), column b: the value is missing"),
    ("a,b\n1,inf\n", "column b: \"inf\" is not a finite number"),
    ("a,b\n1,1e999\n", "is not a finite number"), ("a,b\n1,0x10\n", "\"0x10\" is not a finite number"),
    ("a;b\n1,5;2\n", "--decimal-comma"), ("t\nx\ny\n", "column t holds text, such as \"x\""),
    ("date,a\n2016-07-01,1\n01.07.2016,2\n", "row 2 (line 3), column date: \"01.07.2016\" is not a time"),
    ("date,a\n2016-02-30,1\n", "column date: 2016-02-30 is not in the calendar: February 2016 has 29 days"),
  ])
  func badCells(_ text: String, _ message: String) {
    let error = errorMessage { _ = try series(text) }
    #expect(error.contains(message), "\(error)")
  }

  @Test func missingColumns() {
    #expect(
      errorMessage { _ = try series("a,b\n1,2\n", .init(time: ColumnList(["date"]))) }
        == "f.csv: there is no column date (the columns are a, b)")
    #expect(
      errorMessage { _ = try series("a,b\n1,2\n", .init(columns: ColumnList(["c"]))) }.contains("no column c")
    )
    #expect(errorMessage { _ = try series("t\n2016-01\n") }.contains("no numeric column"))
  }
}
