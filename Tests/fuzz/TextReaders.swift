// Text with labels, words with tags, and vocabularies.

import ByteStreams
import JSON
import Sequences

let textReaders = [
  FuzzedReader(name: "text") { input in
    let reader = try TextReader(PeekedSource(MemorySource(input)), named: "input")
    while try reader.next() != nil {}
  },
  FuzzedReader(name: "conllu") { try readSentences($0, .conllu) },
  FuzzedReader(name: "conll") { try readSentences($0, .plainColumns) },
  FuzzedReader(name: "tokenizer") { input in
    _ = try TokenizerFile(JSONValue(parsing: input), named: "input")
  },
]

private func readSentences(_ input: [UInt8], _ form: TaggedForm) throws {
  var reader = TaggedReader(PeekedSource(MemorySource(input)), named: "input", form)
  while try reader.nextSentence() != nil {}
}
