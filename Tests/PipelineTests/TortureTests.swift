// The quick part of `make torture`: the short counts of experiments that take seconds.

import Testing

@Suite struct TortureTests {
  @Test(arguments: ["cuts", "bits", "frames", "cut-input", "crash-states"])
  func doesNoHarm(_ experiment: String) async throws {
    let shell = try Shell()
    let result = try await shell.run("torture --log log --short \(experiment)")
    #expect(result.exit == 0, "\(result.stdout) \(result.stderr)")
  }
}
