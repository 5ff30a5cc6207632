// When the pipelines run an installed program instead of building one (setup/installed).

import CommandRunning
import Testing

@Suite struct InstalledProgramTests {
  /// - Parameters:
  ///   - version: what the installed program says.
  ///   - hasBuild: whether the tree has a build of its own.
  private func isUsed(_ version: String, hasBuild: Bool) throws -> CommandResult {
    try CommandRunner().run(
      """
      repository='\(Shell.repository.path)'
      mkdir -p tree/setup tree/Sources/Stage/Command bin
      cp "$repository/setup/installed" tree/setup
      cp "$repository/Sources/Stage/Command/Version.swift" tree/Sources/Stage/Command
      printf '#!/bin/sh\\necho "\(version)"\\n' > bin/rnnpipe; printf '#!/bin/sh\\n' > bin/gnuplot; chmod +x bin/*
      [ \(hasBuild) = false ] || { mkdir -p tree/.build/release; cp bin/rnnpipe tree/.build/release; }
      PATH=$PWD/bin:$PATH tree/setup/installed
      """, timeout: 30)
  }

  @Test func theSameVersionIsUsedIfTheTreeHasNoBuild() throws {
    let version = try CommandRunner().run("rnnpipe --version", timeout: 30).stdout.dropLast()
    let used = try isUsed(String(version), hasBuild: false)
    #expect(used.exit == 0 && used.stderr.hasSuffix("since this tree has no build (make build)\n"))
    #expect(try isUsed(String(version), hasBuild: true).exit == 1)
    #expect(try isUsed("\(version)1", hasBuild: false).exit == 1)
    #expect(try isUsed("", hasBuild: false).exit == 1)
  }
}
