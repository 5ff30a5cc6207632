// The memory that a network takes, held against what the process may use before any of it is written: buffers only reserve
// addresses.

import Failures
import Kernels
import OperatingSystem

/// Builds a network, or what belongs to its training, if there is memory for it.
/// - Parameters:
///   - what: what is built, for the message.
///   - build: allocates the buffers.
/// - Throws: `Failure` (outOfMemory) if the buffers are larger than what the process may use.
public func withinAvailableMemory<Result>(of what: String, _ build: () throws -> Result) throws -> Result {
  let (available, before) = (AvailableMemory.bytes, BufferMemory.reserved)
  let result = try build()
  try checkMemory(BufferMemory.reserved - before, available, what)
  return result
}

private func checkMemory(_ needed: Int, _ available: Int?, _ what: String) throws {
  guard let available, needed > available else { return }
  throw Failure(
    .outOfMemory,
    "\(what) needs \(byteCount(needed)) of memory, but the process may use \(byteCount(available))",
    remedy: "use fewer units, shorter rows, smaller batches or fewer threads, or allow it more memory")
}

extension ParameterStore {
  /// Throws `Failure` (outOfMemory) if the weights alone are larger than what the process may use.
  func checkMemory(isTraining: Bool) throws {
    let copies = isTraining ? 2 + ShardPlan.most : 1
    let numbers = parameters.reduce(0) { $0 + $1.size * ($1.isTable && isTraining ? 2 : copies) }
    try Networks.checkMemory(numbers * MemoryLayout<Float>.size, AvailableMemory.bytes, "the network")
  }
}
