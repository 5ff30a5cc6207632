// Coverage-guided fuzzing of everything that reads data from outside: `fuzz READER [libFuzzer's options] [FOLDER]`.
// With FUZZ_REPEAT=BYTES in the environment, a part of each input is repeated until it is as large.
// An input must be read, or be refused with an error that blames the input; a trap, a hang, more memory than
// libFuzzer's limit, or an error that blames rnnpipe ends the program, and the input is written to a file.

import Failures
import Glibc

/// The chosen reader, set before the first input.
nonisolated(unsafe) private var chosen = readers[0]

/// The size to which inputs are enlarged; 0 if they aren't.
private let enlargedSize = getenv("FUZZ_REPEAT").flatMap { Int(String(cString: $0)) } ?? 0

/// Takes the reader's name from the arguments; libFuzzer parses the others.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafePointer<CChar>>>
) -> CInt {
  let name = count.pointee > 1 ? String(cString: arguments.pointee[1]) : ""
  guard let reader = readers.first(where: { $0.name == name }) else {
    print(readers.map(\.name).joined(separator: "\n"))
    exit(64)
  }
  chosen = reader
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

/// Reads one input.
@_cdecl("LLVMFuzzerTestOneInput")
func readOne(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    try chosen.read(input.count < enlargedSize ? enlarged(input) : input)
  } catch let failure as Failure {
    if failure.kind == .software { report("an error that blames rnnpipe: \(failure)") }
  } catch {
    report("an error without advice: \(error)")
  }
  return 0
}

/// An input of which a part, which its bytes choose, is repeated, to find work that isn't linear in the input.
private func enlarged(_ input: [UInt8]) -> [UInt8] {
  guard !input.isEmpty else { return input }
  let hash = input.reduce(5381) { ($0 &* 33 ^ Int($1)) & 0xFF_FFFF }
  let begin = hash % input.count
  let end = begin + 1 + hash / input.count % min(64, input.count - begin)
  let times = (enlargedSize - input.count) / (end - begin)
  return Array(
    input[..<begin] + Array(repeatElement(input[begin..<end], count: times + 1).joined()) + input[end...])
}

/// Ends the program, with a message, as an input that crashes does.
func report(_ problem: String) -> Never {
  print("fuzz: \(problem)")
  fflush(nil)
  abort()
}
