// The strings in which networks and the settings of training are written on the command line.

import Networks
import Training

let networkReaders = [
  FuzzedReader(name: "layers") { input in
    let topology = try Topology(parsing: String(decoding: input, as: UTF8.self))
    for shape in [ValueShape.tokens(steps: 6), .sequence(steps: 6, width: 3)] {
      let inputs = [ValueShape](repeating: shape, count: topology.inputs.count)
      guard let architecture = try? Architecture(topology, inputs: inputs) else { continue }
      _ = try? architecture.summary()
      let again = try Topology(parsing: topology.text)
      guard again == topology else { report("the layers differ when written: \(topology.text)") }
    }
  },
  FuzzedReader(name: "settings") { input in
    let text = String(decoding: input.dropFirst(), as: UTF8.self)
    switch (input.first ?? 0) % 6 {
    case 0: _ = try OptimizerSpec(parsing: text)
    case 1: _ = try Loss(parsing: text)
    case 2: _ = try Metric.parse(list: text)
    case 3: _ = try EarlyStopping(parsing: text)
    case 4: _ = try ReduceOnPlateau(parsing: text)
    default: _ = try Quantiles(parsing: text)
    }
  },
]
