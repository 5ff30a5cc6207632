// rnn-download: a data set by name or address becomes a stream.

import ArgumentParser
import Datasets
import Failures
import Sequences
import Stage
import TensorFile

/// The command `rnn-download`.
public struct Download: StageCommand {
  /// The command's name and help.
  public static let configuration = CommandConfiguration.stage(
    "rnn-download", abstract: "Fetch a data set, check it, and write it as a stream.",
    discussion: """
      A NAME of the catalog (--list) comes with its address, checksum and form. Any other http, https or \
      file address, or a path, is read by its extension or by --as: text (lines, label<TAB>text where \
      labelled), jsonl, csv (a series), or imdb-folder (an archive of train/pos/0_9.txt and the like).

      Fetched files are kept in the cache and verified again each time; an interrupted download resumes where it \
      stopped. Local files are read in place. Archives (tar, zip, compressed or not) are read without being \
      unpacked.

      The published checksum is required for a catalog address, --sha256 for any other; if there is neither, \
      the file's sha256 is recorded with the run and next to the copy in the cache.

      Reviews come in a fixed pseudo-random order, not sorted by class, for which all of them are held in memory \
      (100 MB for each half of imdb). Plain text (--format lines) has no end mark and no provenance: a reader \
      can't detect that it was truncated.
      """,
    examples: [
      "rnn-download imdb --split train | rnn-tokenize --vocab-size 10000 | rnn-pad --length 200 -o train.tensors.zst",
      "rnn-download imdb --url file:///data/aclImdb_v1.tar.gz --split test -o test.tensors.zst",
      "rnn-download etth1 --format csv -o ETTh1.csv",
      "rnn-download https://example.org/load.zip --member '*.csv' | rnn-window --length 96 --horizon 24",
      "rnn-download --list",
    ])

  @Argument(help: ArgumentHelp("A name of the catalog, an address, or a path.", valueName: "name|url"))
  var source: String?

  @Flag(help: "Print the catalog.")
  var list = false

  @Option(
    help: ArgumentHelp(
      "reviews: one half only (default: both, with a column split).", valueName: "train|test"))
  var split: ReviewPart?

  @Option(help: ArgumentHelp("Take the data set NAME from this address or path.", valueName: "url"))
  var url: String?

  @Option(
    name: .customLong("sha256"), help: ArgumentHelp("The checksum that the file must have.", valueName: "hex")
  )
  var sha256: String?

  @Option(
    name: .customLong("format"),
    help: "stream; lines (text): label, tab, text; or csv (series as they came; text: label,text).")
  var givenFormat: DownloadFormat?

  /// The format, by --format or the output's name.
  var format: DownloadFormat { givenFormat ?? DownloadFormat(promisedBy: output) ?? .stream }

  @Option(name: .customLong("as"), help: "What the address holds, if its extension doesn't tell.")
  var form: ContentForm?

  @Option(
    help: ArgumentHelp(
      "text: one row per line, or one per file (default for texts in the catalog: document).",
      valueName: "line|document"))
  var by: TextUnit?

  @Option(help: ArgumentHelp("The files of an archive to read, such as '*.csv'.", valueName: "glob"))
  var member: String?

  @Option(
    help: ArgumentHelp(
      "Keep fetched files in FOLDER (default: $XDG_CACHE_HOME/rnnpipe).", valueName: "folder"),
    completion: .directory)
  var cache: String?

  @Flag(help: "Fetch the file again even if it is in the cache.")
  var refresh = false

  @Option(
    name: [.customShort("o"), .long], help: "Write to FILE instead of standard output.", completion: .file())
  var output: String?

  @OptionGroup var stageOptions: StageOptions

  /// The options of every command; printing the catalog is not recorded.
  public var options: StageOptions {
    var options = stageOptions
    if list { (options.noRegistry, options.registry) = (true, nil) }
    return options
  }

  /// For ArgumentParser.
  public init() {}

  /// A source is needed, unless the catalog is requested.
  public func validate() throws {
    guard list || source != nil else {
      throw ValidationError("name a data set, an address or a path (--list shows the data sets)")
    }
  }

  /// Prints the catalog; or fetches the file, checks it, and writes what it holds.
  public func perform(_ run: StageRun) throws {
    if list { return printCatalog(run) }
    let request = try Request(self)
    try run.checkOutput(output, isBinary: format == .stream, holds: format.content)
    let file = try fetch(request, run)
    note(request, file, run)
    try Writing(request: request, file: file, format: format, output: output, run: run).perform()
  }

  private func fetch(_ request: Request, _ run: StageRun) throws -> FetchedFile {
    var fetch = Fetch(cache: try Cache(folder: cache))
    fetch.refreshes = refresh
    fetch.note = { run.note("\(run.stage): \($0)") }
    var bar: Progress?
    fetch.progress = { amount, total in
      if bar == nil { bar = run.progress(request.name, total: total, unit: .bytes) }
      bar?.advance(to: amount)
    }
    defer { bar?.finish() }
    return try fetch.file(at: request.location, checksum: request.checksum, size: request.byteCount)
  }

  private func note(_ request: Request, _ file: FetchedFile, _ run: StageRun) {
    run.parameter("dataset", request.name)
    run.parameter("url", request.address)
    run.parameter("sha256", file.sha256)
    run.parameter("bytes", file.byteCount)
    if let split { run.parameter("split", split.rawValue) }
    if let member { run.parameter("member", member) }
  }
}

/// What rnn-download writes.
enum DownloadFormat: String, ExpressibleByArgument, CaseIterable {
  case stream, lines, csv

  /// The format that the name of an output promises; nil for any other name.
  init?(promisedBy path: String?) {
    switch OutputContent(promisedBy: path) {
    case .csv: self = .csv
    case .lines: self = .lines
    default: return nil
    }
  }

  var content: OutputContent {
    switch self {
    case .stream: .stream
    case .csv: .csv
    case .lines: .lines
    }
  }
}

/// The halves of the reviews.
enum ReviewPart: String, ExpressibleByArgument, CaseIterable {
  case train, test

  /// Its number in the column `split`.
  var number: UInt8 { self == .train ? 0 : 2 }
}

/// What a file holds, in the words of `--as`.
enum ContentForm: String, ExpressibleByArgument, CaseIterable {
  case text, jsonl, csv
  case imdbFolder = "imdb-folder"

  /// By the extension of a file's name, that of a compression left aside; nil where it doesn't tell.
  init?(fileName: String) {
    var parts = fileName.lowercased().split(separator: ".").dropFirst()
    if let last = parts.last, ["gz", "bz2", "xz", "zst", "z"].contains(last) { parts.removeLast() }
    switch parts.last {
    case "csv", "tsv": self = .csv
    case "jsonl", "ndjson": self = .jsonl
    case "txt", "text", "md": self = .text
    default: return nil
    }
  }
}

/// What becomes a row of running text.
enum TextUnit: String, ExpressibleByArgument, CaseIterable {
  case line, document
}
