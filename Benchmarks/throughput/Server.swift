// Measures on request, one line of JSON per command and answer, so that measurements can alternate with those
// of other frameworks. Benchmarks/python/worker.py, which does the same for them, describes the commands.

import Failures
import Glibc
import JSON
import Kernels
import TensorFile

/// Answers commands until its input ends.
final class Server {
  private let inputs: Inputs
  private let threads: Int
  private var workload: Workload?
  private var isFull = false
  private let mappings: MappingData?
  private var mapping: (Mapping, any MappingWorkload)?

  /// - Parameter mappings: the rows of the mappings; nil if they aren't measured.
  init(_ inputs: Inputs, mappings: MappingData?, threads: Int) {
    (self.inputs, self.mappings, self.threads) = (inputs, mappings, threads)
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
    mapping?.1.close()
  }

  private func answer(_ command: JSONValue) throws -> JSONValue {
    if command["kind"]?.string == "versions" { return ["rnnpipe_cpu_target": .string(CPUSupport.target)] }
    if let answer = try mappingAnswer(command) { return answer }
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

  // MARK: Mappings

  /// The answer to a command about a mapping; nil for another command.
  private func mappingAnswer(_ command: JSONValue) throws -> JSONValue? {
    guard let name = command["model"]?.string, Mapping.names.contains(name) else { return nil }
    guard let kind = command["kind"]?.string.flatMap(MappingKind.init), let units = command["units"]?.int
    else {
      throw Failure.data("the command names no kind and units")
    }
    let workload = try workload(Mapping(name: name, units: units))
    var counted = 0
    let begin = clock()
    let time = try ContinuousClock().measure {
      counted = try workload.run(kind, command["batches"]?.int ?? command["count"]?.int ?? 1)
    }
    return [
      "seconds": .number(time / .seconds(1)),
      "cpu": .number(Double(clock() - begin) / Double(CLOCKS_PER_SEC)), "rows": .integer(Int64(counted)),
      "operations": .number(workload.nominalOperations(kind)),
    ]
  }

  /// A mapping; the last one is cached.
  private func workload(_ wanted: Mapping) throws -> any MappingWorkload {
    if let (own, workload) = mapping, own == wanted { return workload }
    guard let mappings else {
      throw Failure.usage("the mappings have no rows", remedy: "use --mappings FILE")
    }
    mapping?.1.close()
    mapping = nil
    let made = try wanted.workload(mappings, threads: threads)
    mapping = (wanted, made)
    return made
  }
}
