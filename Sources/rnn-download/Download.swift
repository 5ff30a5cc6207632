// rnn-download: writes a data set, given by name or URL, as a stream.

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
    "rnn-download", abstract: "Download a data set, verify it, and write it as a stream.",
    discussion: """
      For a NAME in the catalog (--list), the URL, checksum and format are known. Any other http, https or file \
      URL, or a path, is read according to its extension or --as: text (lines, label<TAB>text if labeled), jsonl, \
      csv (a series), or imdb-folder (an archive of files such as train/pos/0_9.txt).

      Downloaded files are kept in a cache and verified again each time; an interrupted download resumes where it \
      stopped, if the server proves that the file is still the same. A file whose server states no length is reported as \
      unproven unless a checksum is given. Local files are read in place. Archives (tar, zip, compressed or not) are read without being \
      unpacked.

      Files from the catalog's URLs must have the published checksum, other files that of --sha256. Without \
      either, the file's SHA-256 is recorded with the run and next to the cached copy.

      With --shard 2/4, only the second quarter of the rows is written, as a stream or as lines; cat joins the outputs of \
      all shards.

      Reviews are written in a fixed pseudo-random order instead of sorted by class, so all of them are kept in \
      memory (100 MB for each half of imdb). Plain text (--format lines) has no end mark and no provenance: a \
      reader can't detect that it was truncated.
      """,
    examples: [
      "rnn-download imdb --split train | rnn-tokenize --vocab-size 10000 | rnn-pad --length 200 -o train.tensors.zst",
      "rnn-download imdb --url file:///data/aclImdb_v1.tar.gz --split test -o test.tensors.zst",
      "rnn-download etth1 --format csv -o ETTh1.csv",
      "rnn-download https://example.org/load.zip --member '*.csv' | rnn-window --length 96 --horizon 24",
      "rnn-download --list",
    ])

  @Argument(
    help: ArgumentHelp("A name from the catalog, a URL, or a path.", valueName: "name|url"),
    completion: .filesOr(Dataset.catalog.map(\.name)))
  var source: String?

  @Flag(help: "Print the catalog.")
  var list = false

  @Option(
    help: ArgumentHelp(
      "reviews: only one half (default: both, with a column 'split').", valueName: "train|test"))
  var split: ReviewPart?

  @Option(
    help: ArgumentHelp("Read the data set NAME from this URL or path.", valueName: "url"),
    completion: .file())
  var url: String?

  @Option(
    name: .customLong("sha256"), help: ArgumentHelp("The expected SHA-256 of the file.", valueName: "hex")
  )
  var sha256: String?

  @Option(
    name: .customLong("format"),
    help:
      "Output format: stream; lines (text: label, tab, text); or csv (series unchanged; text: label,text).")
  var givenFormat: DataFormat?

  /// The format, by --format or the output's name.
  var format: DataFormat { givenFormat ?? DataFormat(promisedBy: output) ?? .stream }

  @Option(name: .customLong("as"), help: "The format of the file, if its extension doesn't say.")
  var form: ContentForm?

  @Option(
    help: ArgumentHelp(
      "text: one row per line, or one per file (default for texts in the catalog: document).",
      valueName: "line|document"))
  var by: TextUnit?

  @Option(help: ArgumentHelp("Which files of an archive to read, such as '*.csv'.", valueName: "glob"))
  var member: String?

  @Option(
    help: ArgumentHelp(
      "Keep downloaded files in FOLDER (default: $XDG_CACHE_HOME/rnnpipe).", valueName: "folder"),
    completion: .directory)
  var cache: String?

  @Option(
    help: ArgumentHelp(
      "Give up on a file whose length the server doesn't state after this many MiB.", valueName: "n"))
  var maxSize = 4096

  @Flag(help: "Download the file again even if it is in the cache.")
  var refresh = false

  @Option(
    name: [.customShort("o"), .long], help: "Write to FILE instead of standard output.", completion: .file())
  var output: String?

  @OptionGroup var sharding: ShardOption
  @OptionGroup var stageOptions: StageOptions

  /// The options of every command; printing the catalog is not recorded.
  public var options: StageOptions {
    var options = stageOptions
    if list { (options.noRegistry, options.registry) = (true, nil) }
    return options
  }

  /// Without a known checksum, a file can have changed where it is.
  public var isRepeatable: Bool {
    !refresh && (try? Request(self)).map { $0.checksum != nil } ?? false
  }

  /// For ArgumentParser.
  public init() {}

  /// A source is needed, unless the catalog is requested.
  public func validate() throws {
    guard (1...Self.mostMebibytes).contains(maxSize) else {
      throw ValidationError("--max-size must be from 1 to \(Self.mostMebibytes)")
    }
    if let shard = sharding.shard, format == .csv {
      throw ValidationError(
        "--shard \(shard): CSV files begin with a header, so cat can't join them; write a stream or lines")
    }
    guard list || source != nil else {
      throw ValidationError(
        url.map { "--url goes with the name of a data set; without one, write rnn-download \($0)" }
          ?? "give a data set, a URL or a path (--list shows the data sets)")
    }
  }

  /// Prints the catalog; or fetches the file, verifies it, and writes its contents.
  public func perform(_ run: StageRun) throws {
    if list { return printCatalog(run) }
    let request = try Request(self)
    try run.checkOutput(output, isBinary: format == .stream, holds: format.content)
    let file = try fetch(request, run)
    note(request, file, run)
    try Writing(
      request: request, file: file, format: format, output: output, shard: sharding.shard, run: run
    ).perform()
  }

  /// The largest --max-size: a pebibyte.
  private static let mostMebibytes = 1 << 30

  private func fetch(_ request: Request, _ run: StageRun) throws -> FetchedFile {
    var fetch = Fetch(cache: try Cache(folder: cache))
    (fetch.refreshes, fetch.mostUnannouncedBytes) = (refresh, maxSize << 20)
    fetch.warn = { run.warn($0) }
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

/// The halves of the reviews.
enum ReviewPart: String, ExpressibleByArgument, CaseIterable {
  case train, test

  /// Its number in the column `split`.
  var number: UInt8 { self == .train ? 0 : 2 }
}

/// The format of a file, as named by `--as`.
enum ContentForm: String, ExpressibleByArgument, CaseIterable {
  case text, jsonl, csv
  case imdbFolder = "imdb-folder"

  /// The format for a file name's extension, ignoring that of a compression; nil if it is unknown.
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

/// What a row of plain text is.
enum TextUnit: String, ExpressibleByArgument, CaseIterable {
  case line, document
}
