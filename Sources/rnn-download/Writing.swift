// From a fetched file to the output, depending on the file's format and the output's.

import Datasets
import Failures
import JSON
import Sequences
import Stage
import TensorFile

/// The output for one fetched file.
struct Writing {
  let request: Request
  let file: FetchedFile
  let format: DataFormat
  let output: String?
  /// The shard to write; nil for everything.
  let shard: Shard?
  let run: StageRun

  /// Reads the file and writes everything.
  func perform() throws {
    if case .reviews(let classes) = request.reading { return try writeReviews(classes) }
    let content = try Content(
      file.path, name: request.location.name, member: request.member,
      single: request.reading?.isSeries ?? false)
    let reading = try reading(of: content)
    switch reading {
    case .series(let decimalComma): try writeSeries(content, decimalComma: decimalComma)
    case .lines: try writeText(content, .lines)
    case .jsonLines: try writeText(content, .jsonl)
    case .document: try writeDocuments(content)
    case .reviews(let classes): try writeReviews(classes)
    }
  }

  private func reading(of content: Content) throws -> Request.Reading {
    if let known = request.reading { return known }
    guard let form = ContentForm(fileName: content.name) else {
      throw Failure.usage(
        "its format can't be inferred from the extension", at: content.name,
        remedy: "use --as text, jsonl, csv or imdb-folder")
    }
    let reading = Request.Reading(form, request.unit)
    try request.check(reading, hasSplit: request.part != nil, format: format)
    return reading
  }

  /// The numbers of the rows to write of `rows`; nil for all.
  func range(of rows: Int) -> Range<Int>? {
    guard let shard else { return nil }
    let record = ShardRecord(shard, of: rows, .rows)
    run.takes(record)
    return record.range
  }

  /// Reports what was written, as text or as JSON.
  func report(rows: Int, _ more: [(String, Int)] = []) {
    let counts = more.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    var json: [String: JSONValue] = [
      "dataset": .string(request.name), "url": .string(request.address), "sha256": .string(file.sha256),
      "bytes": .integer(Int64(file.byteCount)), "rows": .integer(Int64(rows)),
    ]
    if !more.isEmpty {
      json["classes"] = .object(Dictionary(more.map { ($0.0, .integer(Int64($0.1))) }) { first, _ in first })
    }
    run.result(
      .object(json), "\(request.name): \(counted(rows, "row"))\(counts.isEmpty ? "" : " (\(counts))")",
      stream: .error)
  }
}

extension Request.Reading {
  fileprivate var isSeries: Bool { if case .series = self { true } else { false } }
}

// MARK: - Series

extension Writing {
  private func writeSeries(_ content: Content, decimalComma: Bool) throws {
    if format == .csv { return try copy(content) }
    do { try convertSeries(content, decimalComma: decimalComma) } catch let failure as Failure
      where failure.kind == .data
    {
      throw Failure.data(
        failure.problem, at: failure.place,
        remedy: "download it with --format csv; rnn-split and rnn-window have options for reading it")
    }
  }

  private func convertSeries(_ content: Content, decimalComma: Bool) throws {
    let options = SeriesCSVOptions(form: CSVForm(numbers: NumberFormat(decimalComma: decimalComma)))
    let total = try shard.map { _ in try rowCount(content, options) }
    var cut = total.flatMap(range(of:)).map(ShardCut.init)
    var csv = try SeriesCSV(try content.open(), named: content.name, options)
    if let column = csv.detectedTimeColumn { run.note("using column \(column)") }
    var header = StreamHeader(kind: "series")
    csv.schema.write(into: &header)
    options.form.write(into: &header)
    let out = try run.writer(output, header: header)
    while let rows = try csv.next() {
      if let own = cut == nil ? rows.chunk : cut?.cut(rows.chunk) { try out.write(own) }
    }
    for warning in csv.warnings { run.warn(warning) }
    guard total ?? out.rowsWritten > 0 else {
      throw Failure.data("has a header, but no rows", at: content.name)
    }
    try out.finish()
    report(rows: out.rowsWritten)
  }

  private func rowCount(_ content: Content, _ options: SeriesCSVOptions) throws -> Int {
    var csv = try SeriesCSV(try content.open(), named: content.name, options)
    var count = 0
    while let rows = try csv.next() { count += rows.rows }
    return count
  }

  /// The CSV file unchanged, decompressed.
  private func copy(_ content: Content) throws {
    let out = try run.file(output)
    var source = try content.open()
    while true {
      let bytes = try source.read(upTo: 1 << 18)
      if bytes.isEmpty { break }
      try out.write(bytes)
    }
    try out.finish()
  }
}
