// Networks as C headers: those whose programs have been seen to give Keras's numbers.
//
// fixtures/c/verified.txt has a line for each network of the fixtures: its document, and the SHA-256 of the header, or
// `refused` where a header can't hold a layer. After a change of the headers, RNN_C_FIXTURES=folder makes this test write
// them into a folder, from which fixtures/c/verify.py makes the list anew (fixtures/c/README.md).

import Failures
import Foundation
import Hashing
import Networks
import Testing

@Suite struct CHeaderTests {
  @Test func headersAreTheVerifiedOnes() throws {
    let lines = String(decoding: try bytes("c/verified.txt"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count > 500)
    let folder = ProcessInfo.processInfo.environment["RNN_C_FIXTURES"]
    var changed: [String] = []
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      let header = try header(of: words[0])
      if let folder, let header { try write(header, of: words[0], to: folder) }
      let found = try header.map { hexadecimal(try MessageDigest.of($0)) } ?? "refused"
      if found != words[1] { changed.append(words[0]) }
    }
    #expect(folder != nil || changed.isEmpty)
  }

  /// The network of a document with its weights; nil if it is refused.
  private func header(of path: String) throws -> [UInt8]? {
    let example = try ExchangeCase(path)
    do {
      return try example.architecture.cHeader(
        weights: example.document.tensors, CHeaderOptions(prefix: CPrefix(path: "net.h"), version: "test"))
    } catch let failure as Failure where failure.problem.hasPrefix("a C header can't hold the layer") {
      return nil
    }
  }

  private func write(_ header: [UInt8], of path: String, to folder: String) throws {
    let name = path.replacing("/", with: "+").replacing(".safetensors", with: ".h")
    try Data(header).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  }

  @Test func prefixesAreIdentifiers() {
    let names = [
      "a/b/model.h": "model", "my-net.v2.h": "my_net_v2", "1st.h": "rnn_1st", "__x__.h": "x", "模型.h": "model",
      "-": "model", "Größe.H": "Gr_e", "net": "net",
    ]
    for (path, name) in names { #expect(CPrefix(path: path).name == name) }
    #expect(CPrefix(path: nil).name == "model")
    #expect(CPrefix(path: String(repeating: "a_", count: 40)).name.count == 39)
    #expect(CPrefix(path: "my-net.h").macro == "MY_NET")
  }

  @Test func aModelNamesItsLayersThatCLacks() throws {
    let architecture = try Architecture(
      layers: LayerSpec.parse("sru(4) dense(1)"), input: .sequence(steps: 5, width: 2))
    #expect {
      try architecture.checkC()
    } throws: { error in
      (error as? Failure)?.problem == "a C header can't hold the layer sru"
    }
  }
}
