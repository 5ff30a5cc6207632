// Messages for users: error lines, progress bars, suggestions.

import Failures
import Spelling
import Stage
import Testing

@Suite struct MessageTests {
  @Test func errorNamesStagePlaceProblemAndRemedy() {
    let failure = Failure.data("truncated", at: "x.tensors.zst", remedy: "run the upstream stage again")
    #expect(
      errorLine("rnn-pad", failure) == "rnn-pad: x.tensors.zst: truncated (run the upstream stage again)")
  }

  @Test func usageErrorRefersToTheHelp() {
    #expect(errorLine("rnn-pad", .usage("no length")) == "rnn-pad: no length (see rnn-pad --help)")
  }

  @Test func errorIsOneLineForAnyNames() {
    let line = errorLine("rnn-pad", .data("bad\tcell\u{1B}[2J", at: "a\nb"))
    #expect(line == "rnn-pad: a\\nb: bad\\tcell\\u{1b}[2J")
  }

  @Test func printableKeepsText() {
    #expect(printable("été 词 🙂") == "été 词 🙂")
  }

  @Test(arguments: [("lsmt", "lstm"), ("denes", "dense"), ("Dense", "dense"), ("gru", "gru"), ("xyzzy", nil)])
  func nearest(_ word: String, _ meant: String?) {
    #expect(nearestWord(to: word, among: ["lstm", "gru", "dense", "dropout"]) == meant)
  }
}

@Suite struct ProgressLineTests {
  private let line = ProgressLine(label: "training", amount: 50, total: 200, unit: .items, seconds: 10)

  @Test func showsFractionRateAndRemainingTime() {
    #expect(line.text(width: 72) == "training  [=======                       ]  50/200  5/s  0:30 left")
  }

  @Test func omitsPartsThatDontFit() {
    #expect(line.text(width: 30) == "training  50/200  5/s")
    #expect(line.text(width: 9) == "training")
    #expect(line.text(width: 4) == "trai")
    #expect(line.text(width: -1) == "")
  }

  @Test func knowsBytesWithoutTotal() {
    let line = ProgressLine(label: "imdb", amount: 2_000_000, total: nil, unit: .bytes, seconds: 2)
    #expect(line.text(width: 79) == "imdb  2.0 MB  1.0 MB/s")
  }

  @Test(arguments: [0, 300]) func boundsTheBar(amount: Int) {
    let line = ProgressLine(label: "x", amount: amount, total: 200, unit: .items, seconds: 1, text: "loss 1")
    #expect(line.text(width: 79).count <= 79)
  }
}
