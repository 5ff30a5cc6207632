// Coverage-guided fuzzing of everything that reads data from outside: `fuzz READER [libFuzzer's options] [FOLDER]`.
// An input must be read, or be refused with an error that blames the input; a trap, a hang, more memory than
// libFuzzer's limit, or an error that blames rnnpipe ends the program, and the input is written to a file.

import Failures
import Glibc

/// The chosen reader, set before the first input.
nonisolated(unsafe) private var chosen = readers[0]

/// Takes the reader's name from the arguments; libFuzzer parses the others.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafePointer<CChar>>>
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
    try chosen.read(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch let failure as Failure {
    if failure.kind == .software { report("an error that blames rnnpipe: \(failure)") }
  } catch is NotAnInput {
    return -1
  } catch {
    report("an error without advice: \(error)")
  }
  return 0
}

/// Ends the program, with a message, as an input that crashes does.
func report(_ problem: String) -> Never {
  print("fuzz: \(problem)")
  fflush(nil)
  abort()
}
