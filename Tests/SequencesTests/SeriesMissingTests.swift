// Missing values of a series: how they are filled, within parts and across blocks, and which windows lack one; and the
// form of a file as streams remember it.

import Failures
import Sequences
import Tensor
import TensorFile
import Testing

@Suite struct SeriesMissingTests {
  private let gap = Double.nan

  /// A column after filling, NaN as -1, whatever the size of the blocks that hold it.
  private func filled(_ values: [Double], _ fill: Fill, parts: [UInt8]? = nil) throws -> [Double] {
    var results: [[Double]] = []
    for step in [1, 2, 100] {
      let series = try makeSeries(["a"], values, parts: parts, step: step)
      let whole = try series.whole(fill, respectsParts: parts != nil).series
      var result: [Double] = []
      try whole.forEach { result += $0.values.map { $0.isNaN ? -1 : $0 } }
      results.append(result)
    }
    #expect(results.allSatisfy { $0 == results[0] })
    return results[0]
  }

  @Test func fillsAsPandas() throws {
    let values = [gap, 1, gap, gap, 7, gap]
    #expect(try filled(values, .previous) == [-1, 1, 1, 1, 7, 7])
    #expect(try filled(values, .linear) == [-1, 1, 3, 5, 7, 7])
    #expect(try filled(values, .value(0.5)) == [0.5, 1, 0.5, 0.5, 7, 0.5])
    #expect(try filled(values, .drop) == [-1, 1, -1, -1, 7, -1])
    #expect(try filled([gap, gap], .linear) == [-1, -1])
  }

  @Test func noLineLeadsIntoTheNextPart() throws {
    let values = [1, gap, gap, 7, gap, 9]
    #expect(try filled(values, .linear, parts: [0, 0, 0, 2, 2, 2]) == [1, 1, 1, 7, 8, 9])
    #expect(try filled(values, .linear, parts: [0, 0, 2, 2, 2, 2]) == [1, 1, 4, 7, 8, 9])
    #expect(try filled(values, .previous, parts: [0, 0, 2, 2, 2, 2]) == [1, 1, 1, 7, 7, 9])
  }

  @Test func columnsAreFilledApart() throws {
    let series = try makeSeries(["a", "b"], [1, gap, gap, 4, gap, gap, 7, 10])
    let (whole, counts) = try series.whole(.linear)
    var values: [Double] = []
    try whole.forEach { values += $0.values.map { $0.isNaN ? -1 : $0 } }
    #expect(values == [1, -1, 3, 4, 5, 7, 7, 10])
    #expect(counts?.filled == 3 && counts?.left == 1)
  }

  @Test func scalingIsThatOfTheKnownValues() throws {
    let series = try makeSeries(["a"], [1, gap, 3, gap, 5])
    let scan = try SeriesScan(series, columns: ["a"], scale: .standard, gaps: .error, allowsMissing: true)
    #expect(scan.missing == 2)
    #expect(abs(scan.scaler.scale(3, column: 0)) < 1e-12)
    #expect(abs(scan.scaler.scale(5, column: 0) - 1.5.squareRoot()) < 1e-12)
  }

  @Test func windowsNeedTheirOwnRowsOnly() throws {
    // Of two columns, b is missing where only targets are used, and a where only inputs are.
    let series = try makeSeries(["a", "b"], [1, gap, 2, gap, 3, 30, gap, 40, 5, 50])
    let layout = try WindowLayout(length: 2, inputs: ["a"], targets: ["b"])
    let scan = try SeriesScan(
      series, columns: layout.columns, scale: .none, gaps: .error, allowsMissing: true)
    var windower = try Windower(layout, series: series.schema, scaler: scan.scaler, allowsMissing: true)
    var targets: [Double] = []
    try series.forEach { rows in
      try windower.push(rows)
      while let chunk = windower.next(atMost: 1) { targets += chunk.columns["y"]?.tensor?.doubles ?? [] }
    }
    #expect(targets == [30, 40])
    #expect(windower.incomplete == 1 && windower.counts == [2, 0, 0])
  }

  @Test func listsOfColumns() throws {
    let known = ["a", "Load, MW", "5\" pipe", " b "]
    func names(_ lists: String...) throws -> [String] { try ColumnList(lists).names(among: known) }
    #expect(try names("a") == ["a"])
    #expect(try names("Load, MW") == ["Load, MW"])
    #expect(try names("a , \"Load, MW\",a") == ["a", "Load, MW"])
    #expect(try names("\"5\"\" pipe\"", "\" b \"") == ["5\" pipe", " b "])
    #expect(try ColumnList(exactly: known).names(among: known) == known)
    #expect(try known.map { ColumnList.quoted($0) } == ["a", "\"Load, MW\"", "\"5\"\" pipe\"", "\" b \""])
    #expect(errorMessage { _ = try names("Load") }.contains("there is no column Load"))
    #expect(errorMessage { _ = try names(",") }.contains("the list of columns is empty"))
  }

  @Test func formsAreRemembered() throws {
    let forms = [
      CSVForm(), CSVForm(separator: 0x3B, hasHeader: false, fill: .linear),
      CSVForm(numbers: NumberFormat(decimalComma: true, grouping: .blank), fill: .value(-1.5)),
    ]
    for form in forms {
      var header = StreamHeader(kind: "series")
      form.write(into: &header)
      #expect(try CSVForm(header: header) ?? CSVForm() == form)
    }
    var header = StreamHeader(kind: "series")
    header.metadata["rnn.csv"] = "{\"fill\":\"mean\"}"
    #expect(errorMessage { _ = try CSVForm(header: header) }.contains("rnn.csv can't be read"))
  }
}
