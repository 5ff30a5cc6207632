// The page of runs in a real browser, as a file and served: sorted, filtered, ticked, and checked by axe-core. It needs
// Chromium, and playwright and axe-core-python from PyPI; where they are missing, the tests are skipped.

import CommandRunning
import Foundation
import Testing

@Suite(.enabled(if: Browser.isAvailable, "needs chromium, and playwright and axe-core-python from PyPI"))
struct PageInBrowserTests {
  @Test("a report can be used and is accessible") func report() throws {
    let runner = try CommandRunner()
    try makeRuns(runner)
    let result = try runner.run(
      "rnn-runs report -o report.html -q && \(Browser.check) report.html", timeout: 300)
    #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
    #expect(!result.stdout.contains("NOT"))
  }

  @Test("a served page can be used and is accessible") func served() throws {
    let runner = try CommandRunner()
    try makeRuns(runner)
    let result = try runner.run(
      """
      rnn-runs serve -q > url & for _ in {1..100}; do [ -s url ] && break; sleep 0.1; done
      \(Browser.check) "$(cat url)"; code=$?; kill $!; exit $code
      """, timeout: 300)
    #expect(result.exit == 0, "\(result.stdout)\(result.stderr)")
    #expect(!result.stdout.contains("NOT"))
  }

  /// Trainings that differ, pictures, a failure, and names that would break a page that trusts them.
  private func makeRuns(_ runner: CommandRunner) throws {
    let result = try runner.run(
      #"""
      rnn-synth sine --length 200 --seed 1 | rnn-window --length 8 -q | rnn-split --random --test 0.2 -q -o w
      for units in 2 3 4; do
        rnn-train w --layers "gru($units) dense(1)" --epochs 3 --tag "units=$units" --name "gru $units" -q -o "m$units"
      done
      rnn-train w --layers "gru(2) dense(1)" --epochs 2 --name '</script><img src=x onerror=alert(1)>"'"'" \
        --tag $'key=line\nbreak \u2028 \u202e <b>' -q -o m
      rnn-train missing --layers "gru(2) dense(1)" -q -o n
      rnn-predict m2 w -q -o p && rnn-plot forecast p -q -o p.png && rnn-plot forecast p -q -o p.svg
      """#, timeout: 120)
    #expect(result.exit == 0, "\(result.stderr)")
  }
}

private enum Browser {
  static let check = "python3 '\(CommandRunner.repository.path)/Tests/CommandTests/Clients/browser.py'"

  static var isAvailable: Bool {
    guard CommandRunner.has("chromium"), CommandRunner.has("python3"), let runner = try? CommandRunner(),
      let result = try? runner.run("python3 -c 'import playwright, axe_core_python'", timeout: 60)
    else { return false }
    return result.exit == 0
  }
}
