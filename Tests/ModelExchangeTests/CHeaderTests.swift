// Networks as C headers: those whose programs have been seen to give Keras's numbers.
//
// fixtures/c/verified.txt has a line for each network of the fixtures and of CNetworks.swift: its document, and the SHA-256 of
// the header. After a change of the headers, RNN_C_FIXTURES=folder makes this test write them into a folder, those of
// CNetworks.swift with their documents, from which fixtures/c/verify.py makes the list anew (fixtures/c/README.md).

import Failures
import Foundation
import Hashing
import Networks
import Testing

@Suite struct CHeaderTests {
  private let folder = ProcessInfo.processInfo.environment["RNN_C_FIXTURES"]

  @Test func headersAreTheVerifiedOnes() throws {
    let lines = String(decoding: try bytes("c/verified.txt"), as: UTF8.self).split(separator: "\n")
    #expect(lines.count > 500)
    var changed: [String] = []
    for line in lines where !line.hasPrefix("networks/") {
      let words = line.split(separator: " ").map(String.init)
      let header = try header(of: words[0])
      try write(header, of: words[0], ".h")
      if try hexadecimal(MessageDigest.of(header)) != words[1] { changed.append(words[0]) }
    }
    for network in CNetwork.all {
      let path = "networks/\(network.name).safetensors"
      var (header, generated) = try network.written()
      try write(header, of: path, ".h")
      if folder != nil { try write(generated.document().encoded, of: path, ".safetensors") }
      if try !lines.contains("\(path) \(hexadecimal(MessageDigest.of(header)))") { changed.append(path) }
    }
    #expect(folder != nil || changed.isEmpty)
  }

  /// The network of a document with its weights.
  private func header(of path: String) throws -> [UInt8] {
    let example = try ExchangeCase(path)
    return try example.architecture.cHeader(
      weights: example.document.tensors, CHeaderOptions(prefix: CPrefix(path: "net.h"), version: "test"))
  }

  /// Writes a file for verify.py, if there is a folder for it.
  private func write(_ content: [UInt8], of path: String, _ ending: String) throws {
    guard let folder else { return }
    let name = path.replacing("/", with: "+").replacing(".safetensors", with: ending)
    try Data(content).write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
  }

  @Test(arguments: Preset.all.map(\.name)) func everyPresetCanBeWritten(_ name: String) throws {
    try GeneratedNetwork.architecture(of: Preset.named(name)).checkC()
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

  @Test func channelsThatAreNotTogetherAreRefusedByName() throws {
    let topology = try Topology(
      parsing: """
        a: {x} channel_segments(2); b: {a} join_channels channel_segments(2); y: {a b} add join_channels
        """)
    let architecture = try Architecture(topology, inputs: [.sequence(steps: 4, width: 2)])
    #expect {
      try architecture.checkC()
    } throws: { error in
      (error as? Failure)?.problem
        == "a C header can't hold the layer add, whose channels come from values that are not computed together"
    }
  }
}
