// The list of what the executable is made of is valid, and has its packages and libraries.

import CommandRunning
import Foundation
import Testing

@Suite struct DependencyListTests {
  @Test func namesPackagesAndLibraries() async throws {
    let shell = try Shell()
    let result = try await shell.run(
      "'\(Shell.repository.path)/setup/spdx' '\(CommandRunner.commands.path)/rnnpipe'")
    let list = try JSONSerialization.jsonObject(with: Data(result.stdout.utf8)) as? [String: Any]
    let packages = try #require(list?["packages"] as? [[String: Any]])
    let names = packages.compactMap { $0["name"] as? String }
    #expect(names.contains { $0.hasPrefix("libzstd") } && names.contains("grdb.swift"), "\(names)")
    let related = try #require(list?["relationships"] as? [[String: Any]])
    #expect(related.count == packages.count - 1)
  }
}
