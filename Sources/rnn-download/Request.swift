// The data set that the command line requests: its location, checksum and size, and how it is read.

import Datasets
import Failures
import Spelling
import Stage

/// A data set to fetch and read.
struct Request {
  /// The catalog's name, or the last part of the URL.
  let name: String
  let location: Location
  /// The URL or path as given, or as in the catalog.
  let address: String
  /// The expected checksum.
  let checksum: Checksum?
  /// The expected size in bytes.
  let byteCount: Int?
  /// How the file is read; nil if its name or its member's name decides.
  let reading: Reading?
  /// Which half of the reviews; nil for both.
  let part: UInt8?
  /// Which files of an archive.
  let member: String?
  /// What a row of text is; nil for the default.
  let unit: TextUnit?

  /// How a file becomes rows.
  enum Reading: Equatable {
    case reviews(classes: [String]?)
    case series(decimalComma: Bool)
    case lines
    case jsonLines
    case document
  }

  /// - Throws: `Failure.usage` if options contradict each other or the name is unknown.
  init(_ command: Download) throws {
    let source = command.source ?? ""
    if let dataset = Dataset.named(source) {
      try self.init(dataset, command)
    } else {
      try self.init(address: source, command)
    }
    if let reading { try check(reading, command) }
  }

  private init(_ dataset: Dataset, _ command: Download) throws {
    if command.form != nil {
      throw Failure.usage(
        "the format of \(dataset.name) is known", at: "--as", remedy: "use --as only with a URL or path")
    }
    name = dataset.name
    address = command.url ?? dataset.address
    location = try Location(address)
    let isOwnAddress = address == dataset.address
    if isOwnAddress, let published = dataset.checksum, command.sha256 != nil {
      throw Failure.usage(
        "the published \(published.algorithm.rawValue) of \(dataset.name) is already required",
        at: "--sha256",
        remedy: "use --sha256 only with --url")
    }
    checksum = try isOwnAddress && command.sha256 == nil ? dataset.checksum : Request.checksum(command)
    byteCount = isOwnAddress ? dataset.byteCount : nil
    part = command.split?.number
    unit = command.by
    // A local or other copy may be the file itself rather than the publisher's archive.
    if case .series(let member, _) = dataset.reading {
      self.member = command.member ?? member
    } else {
      member = command.member
    }
    reading =
      switch dataset.reading {
      case .reviews(let classes): .reviews(classes: classes)
      case .series(_, let decimalComma): .series(decimalComma: decimalComma)
      case .text: command.by == .line ? .lines : .document
      }
  }

  private init(address: String, _ command: Download) throws {
    if command.url != nil {
      throw Failure.usage(
        "'\(address)' is not a name in the catalog", at: "--url", remedy: "give only the URL")
    }
    guard address.contains("/") || address.contains(".") else { throw Request.unknown(address) }
    self.address = address
    location = try Location(address)
    name = location.name
    (checksum, byteCount) = (try Request.checksum(command), nil)
    (part, member, unit) = (command.split?.number, command.member, command.by)
    reading = command.form.map { Reading($0, command.by) }
  }

  private static func checksum(_ command: Download) throws -> Checksum? {
    try command.sha256.map { try Checksum(.sha256, $0) }
  }

  private static func unknown(_ name: String) -> Failure {
    let near =
      nearestWord(to: name, among: Dataset.catalog.map(\.name)).map { "did you mean \($0)? " } ?? ""
    return .usage(
      "there is no data set '\(name)'",
      remedy: near + "--list shows the names; write ./\(name) for a local file")
  }

  /// Rejects options that don't apply to the data.
  func check(_ reading: Reading, _ command: Download) throws {
    try check(reading, hasSplit: command.split != nil, format: command.format)
    if command.by != nil, ![.lines, .document].contains(reading) {
      throw Failure.usage("only plain text can be read by line or document", at: "--by")
    }
  }

  /// Rejects formats that can't represent the data.
  func check(_ reading: Reading, hasSplit: Bool, format: DataFormat) throws {
    if case .reviews = reading {
      guard format == .lines, !hasSplit else { return }
      throw Failure.usage(
        "lines can't distinguish training from test texts", at: "--format lines",
        remedy: "use --split train or --split test")
    }
    if hasSplit {
      throw Failure.usage("\(name) has no train and test parts", at: "--split", remedy: "use rnn-split")
    }
    if case .series = reading, format == .lines {
      throw Failure.usage(
        "a series can't be written as lines of text", at: "--format", remedy: "use --format csv")
    }
  }
}

extension Request.Reading {
  init(_ form: ContentForm, _ unit: TextUnit?) {
    self =
      switch form {
      case .text: unit == .document ? .document : .lines
      case .jsonl: .jsonLines
      case .csv: .series(decimalComma: false)
      case .imdbFolder: .reviews(classes: nil)
      }
  }
}
