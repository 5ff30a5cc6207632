// docs/json.md compared with the commands: the object that each one prints has the keys of its table, and no others.

import CommandRunning
import Foundation
import Testing

/// A table of docs/json.md, and a script whose last line of JSON it describes.
struct DocumentedObject: Sendable, CustomTestStringConvertible {
  let section: String
  let script: String
  /// Sections whose keys the object has too.
  var includes: [String] = []
  /// The key of the array in the object that the section describes; nil for the object itself.
  var member: String?
  var testDescription: String { section }
}

private let series =
  "printf 'd,a,b\\n' > s.csv; for i in 1 2 3 4 5 6 7 8 9; do echo \"2020-01-0$i,$i.5,$((i * i))\"; done >> s.csv"
private let windows =
  "\(series); rnn-split s.csv --chronological 0.7,0.1,0.2 -q | rnn-window --length 2 -q -o w"
private let forecaster = "\(windows); rnn-train w --layers 'gru(2) dense(2)' --epochs 1 -q -o m"
private let text =
  "printf 'good\\ta fine film\\nbad\\tdull\\n' > t.tsv; rnn-tokenize t.tsv -q | rnn-pad --length 3 -q -o p"
private let classifier =
  "\(text); rnn-train p --layers 'embedding(9,2) gru(2) dense(1,sigmoid)' --epochs 1 -q -o c"

private let meter =
  "rnn-synth anomalies --length 90 -q -o m.csv; rnn-window m.csv --columns value --length 3 -q -o w; "
  + "rnn-train w --layers 'gru(2) dense(1)' --epochs 1 -q -o m"

private let sweep =
  "\(windows); rnn-sweep --set epochs=1,2 --metric loss --json -q -- rnn-train w --layers 'gru(2) dense(2)'"

private let tagger =
  "printf 'Ann B-PER\nsaw O\n' > t.bio; rnn-tokenize t.bio --min-count 1 -q | rnn-pad -q -o y; "
  + "rnn-train y --preset tagger --validation-split 0 --epochs 1 -q -o g"

private let transcriber =
  "rnn-synth tones --rows 9 -q | rnn-tokenize --mode char -q | rnn-pad -q -o p; "
  + "rnn-train p --layers 'gru(2,return_sequences) dense(10,softmax)' --loss ctc --epochs 1 -q -o m"

private let dataStages = [
  DocumentedObject(section: "rnn-download --list", script: "rnn-download --list --json"),
  DocumentedObject(
    section: "rnn-download",
    script: "printf 'a\\tx\\nb\\ty\\n' > t.txt; rnn-download ./t.txt --json -o o 2>&1"),
  DocumentedObject(section: "rnn-synth", script: "rnn-synth sine --length 20 --json -o s 2>&1"),
  DocumentedObject(section: "rnn-tokenize", script: "\(text); rnn-tokenize t.tsv --json -o t 2>&1"),
  DocumentedObject(
    section: "rnn-pad", script: "\(text); rnn-tokenize t.tsv -q | rnn-pad --length 2 --json -o p 2>&1"),
  DocumentedObject(section: "rnn-split", script: "\(series); rnn-split s.csv --random --json -o p 2>&1"),
  DocumentedObject(section: "rnn-window", script: "\(series); rnn-window s.csv --length 2 --json -o w 2>&1"),
  DocumentedObject(
    section: "rnn-window, for whole sequences",
    script: "printf 'id,c,a\\n1,x,2\\n' | rnn-window --sequence id --label c --json -o w 2>&1"),
  DocumentedObject(section: "rnn-convert", script: "\(windows); rnn-convert w -o w.npz --json 2>&1"),
  DocumentedObject(
    section: "rnn-convert, for a model", script: "\(forecaster); rnn-convert m -q -o m.keras --json 2>&1"),
  DocumentedObject(
    section: "rnn-convert, with --weights",
    script: "\(forecaster); rnn-convert m --weights int8 --evaluate w -q -o q.tensors.zst --json 2>&1",
    includes: ["rnn-convert, for a model"]),
]

private let modelStages = [
  DocumentedObject(
    section: "rnn-backtest",
    script: "rnn-backtest $FIXTURES/airline-passengers.csv --length 4 --horizon 2 --origins 2 "
      + "--layers 'gru(2) dense(2)' --epochs 1 -q --json"),
  DocumentedObject(
    section: "rnn-train",
    script: "\(windows); rnn-train w --layers 'gru(2) dense(2)' --epochs 2 --reduce-lr factor=0.5 "
      + "--early-stopping patience=1,restore_best -q --json -o m"),
  DocumentedObject(
    section: "rnn-train", script: "\(windows); rnn-train w --layers 'gru(2) dense(2)' --epochs 0 --json -o m"),
  DocumentedObject(section: "rnn-predict", script: "\(forecaster); rnn-predict m w --json -o p 2>&1"),
  DocumentedObject(
    section: "rnn-predict --evaluate", script: "\(classifier); rnn-predict c p --confusion --json"),
  DocumentedObject(section: "rnn-predict", script: "\(tagger); echo Ann | rnn-predict g --json 2>&1 >t"),
  DocumentedObject(
    section: "rnn-predict --evaluate", script: "\(tagger); rnn-predict g t.bio --evaluate --json"),
  DocumentedObject(
    section: "rnn-predict --evaluate, for a model of windows",
    script: "\(forecaster); rnn-predict m w --evaluate --metrics mape,r2_score --json"),
  DocumentedObject(
    section: "rnn-predict --evaluate, for a model that transcribes",
    script: "\(transcriber); rnn-predict m p --evaluate --json"),
  DocumentedObject(
    section: "rnn-predict --stream", script: "\(forecaster); echo 1,2 | rnn-predict m --stream --json 2>&1"),
  DocumentedObject(
    section: "rnn-predict --stream",
    script: "\(forecaster); echo 1,2 | rnn-predict m --stream --skip-bad-lines --json 2>&1"),
  DocumentedObject(
    section: "rnn-predict --anomalies",
    script:
      "\(meter); rnn-predict m m.csv --anomalies --calibrate m.csv --label-column label --evaluate --json"),
  DocumentedObject(
    section: "rnn-plot", script: "\(series); rnn-split s.csv -q --random | rnn-plot series --json 2>&1"),
  DocumentedObject(section: "rnn-inspect", script: "\(classifier); rnn-inspect p --json"),
  DocumentedObject(section: "rnn-inspect", script: "\(classifier); rnn-inspect c --json"),
  DocumentedObject(
    section: "rnn-inspect: columns",
    script: "\(windows); rnn-inspect w --json", member: "columns"),
]

private let runs = [
  DocumentedObject(section: "rnn-runs list", script: "\(windows); rnn-runs --json"),
  DocumentedObject(
    section: "rnn-runs show",
    script: "\(windows); rnn-runs show --json $(rnn-runs sql 'select max(id) as id from runs' | tail -n 1)",
    includes: ["rnn-runs list"]),
  DocumentedObject(
    section: "rnn-runs lineage",
    script: "\(windows); rnn-runs lineage --json $(rnn-runs sql 'select max(id) as id from runs' | tail -n 1)"
  ),
  DocumentedObject(section: "rnn-runs lineage, of a file", script: "\(windows); rnn-runs lineage w --json"),
  DocumentedObject(
    section: "rnn-runs metrics",
    script:
      "\(forecaster); rnn-runs metrics --json $(rnn-runs sql 'select max(id) as id from runs' | tail -n 1)"),
  DocumentedObject(
    section: "rnn-serve", script: "\(forecaster); timeout -s INT 2 rnn-serve m --port 0 --json -q || true"),
  DocumentedObject(section: "rnn-sweep", script: sweep),
  DocumentedObject(section: "rnn-sweep: table", script: sweep, member: "table"),
  DocumentedObject(section: "rnn-runs compare", script: "\(forecaster); rnn-runs compare --last 1 --json"),
  DocumentedObject(section: "rnn-runs script", script: "\(windows); rnn-runs script w --json"),
  DocumentedObject(section: "rnn-runs reproduce", script: "\(windows); rnn-runs reproduce w --json"),
  DocumentedObject(section: "rnn-runs crate", script: "\(windows); rnn-runs crate w --folder f --json"),
  DocumentedObject(
    section: "rnn-runs export", script: "\(forecaster); rnn-runs export --tensorboard t --json"),
  DocumentedObject(section: "rnn-runs report", script: "\(windows); rnn-runs report -o r.html --json"),
  DocumentedObject(section: "rnn-runs prune", script: "\(windows); rnn-runs prune --stage split -y --json"),
  DocumentedObject(
    section: "rnn-runs diff",
    script: "\(windows); rnn-runs diff --json "
      + "$(rnn-runs sql 'select max(id) as id from runs' | tail -n 1) "
      + "$(rnn-runs sql 'select min(id) as id from runs' | tail -n 1)"),
  DocumentedObject(
    section: "rnn-runs merge",
    script: "\(windows); cp .rnn/runs.db other.db; rnn-runs merge other.db --json"),
  DocumentedObject(section: "rnn-runs tag", script: "\(windows); rnn-runs tag @-1 a=b --json"),
  DocumentedObject(section: "rnn-runs note", script: "\(windows); rnn-runs note @-1 text --json"),
  DocumentedObject(section: "rnn-runs rename", script: "\(windows); rnn-runs rename @-1 one --json"),
  DocumentedObject(section: "rnn-runs rm", script: "\(windows); rnn-runs rm @-1 --yes --json"),
]

@Suite struct JSONDocumentTests {
  @Test(arguments: dataStages + modelStages + runs)
  func describes(_ object: DocumentedObject) throws {
    let runner = try CommandRunner()
    let result = try runner.run(object.script, timeout: 30)
    #expect(result.exit == 0, "\(result)")
    let line = try #require(result.lines(of: .stdout).last)
    let keys = try keys(ofJSON: String(line), member: object.member)
    let documented = try ([object.section] + object.includes).flatMap(Self.rows)
    #expect(!documented.isEmpty)
    for row in documented where !row.isOptional {
      #expect(keys.contains(row.key), "no \(row.key) in \(line)")
    }
    for key in keys { #expect(documented.contains { $0.matches(key) }, "\(key) is not documented") }
  }

  /// The keys of an object, or of all objects of an array.
  private func keys(ofJSON line: String, member: String?) throws -> Set<String> {
    var value = try JSONSerialization.jsonObject(with: Data(line.utf8))
    if let member { value = try #require((value as? [String: Any])?[member]) }
    if let object = value as? [String: Any] { return Set(object.keys) }
    let rows = try #require(value as? [[String: Any]])
    return rows.reduce(into: []) { $0.formUnion($1.keys) }
  }

  /// A row of a table: a key, in which words of capitals stand for anything.
  private struct Row {
    let key: String
    let isOptional: Bool

    func matches(_ other: String) -> Bool {
      let words = key.split(separator: ".").map { word in
        word.split(separator: "_").map { $0 == $0.uppercased() ? ".+" : $0 }.joined(separator: "_")
      }
      let pattern = "^\(words.joined(separator: "\\."))$"
      return other.range(of: pattern, options: .regularExpression) != nil
    }
  }

  /// The rows of the table in a section of docs/json.md.
  private static func rows(_ section: String) throws -> [Row] {
    let file = CommandRunner.repository.appendingPathComponent("docs/json.md")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let body = lines.drop { $0 != "## \(section)" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    return body.compactMap { line in
      let cells = line.split(separator: "|").map { $0.trimmingPrefix(while: \.isWhitespace) }
      guard cells.count >= 2, cells[0].hasPrefix("`") else { return nil }
      return Row(
        key: String(cells[0].dropFirst().prefix { $0 != "`" }), isOptional: cells[1].contains("optional"))
    }
  }
}
