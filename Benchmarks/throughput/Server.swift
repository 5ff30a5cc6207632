// Measures on request, one line of JSON per command and answer, so that measurements can alternate with those
// of other frameworks. Benchmarks/python/worker.py, which does the same for them, describes the commands.

import Failures
import JSON
import Kernels
import TensorFile

/// Answers commands until its input ends.
final class Server {
  private let inputs: Inputs
  private let threads: Int
  private var workload: Workload?
  private var isFull = false

  init(_ inputs: Inputs, threads: Int) {
    self.inputs = inputs
    self.threads = threads
  }

  func serve() {
    while let line = readLine() {
      do {
        print(try answer(JSONValue(parsing: line)).text)
      } catch {
        print((["error": .string("\(error)")] as JSONValue).text)
      }
      flushOutput()
    }
    workload?.close()
  }

  private func answer(_ command: JSONValue) throws -> JSONValue {
    if command["kind"]?.string == "versions" { return ["rnnpipe_cpu_target": .string(CPUSupport.target)] }
    guard let name = command["model"]?.string, let kind = command["kind"]?.string.flatMap(Kind.init) else {
      throw Failure.data("the command names no model and kind")
    }
    let workload = try workload(ReferenceModel.named(name), command)
    let count = command["batches"]?.int ?? command["count"]?.int ?? 1
    let seconds = workload.seconds(kind, count)
    let rows = kind == .step ? count : count * workload.model.batch
    return ["seconds": .number(seconds), "rows": .integer(Int64(rows))]
  }

  /// The model with the sizes in the command; the last one is cached.
  private func workload(_ model: ReferenceModel, _ command: JSONValue) throws -> Workload {
    var model = model
    let sizes = ["units", "steps", "batch"].map { command[$0]?.int }
    if let units = sizes[0] { model.units = model.units.map { _ in units } }
    model.steps = sizes[1] ?? model.steps
    model.batch = sizes[2] ?? model.batch
    let full = sizes.contains { $0 != nil }
    if let workload, workload.model == model, isFull == full { return workload }
    workload?.close()
    workload = nil
    let made = try Workload(model, inputs, full: full, threads: threads)
    (workload, isFull) = (made, full)
    return made
  }
}
