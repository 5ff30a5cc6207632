// What the processes that predict together send one another: rows from the first process, predictions from the others. A
// message is a list of safetensors documents, so that all numbers arrive as they were, bit for bit.

import Failures
import Tensor
import TensorFile
import Training

/// What the first process sends.
enum PredictionRequest {
  /// The shape of all rows, and how many are given at first: the network is built for them.
  case shape(Chunk, firstRows: Int)
  /// Rows of a chunk.
  /// - firstRow: the index of the first one in the input.
  case rows(Chunk, firstRow: Int)
  /// There are no more rows.
  case end
}

/// What another process sends: the predictions for some rows, and what their batches add to the totals.
struct PredictionAnswer {
  let result: Result<(Prediction, [BatchSums]), Failure>
}

/// Documents one after another, each behind its length.
enum DocumentList {
  private static let limits = StreamLimits(chunk: 1 << 40)

  static func bytes(_ documents: [SafetensorsDocument]) -> [UInt8] {
    documents.flatMap { document in
      let bytes = document.encoded
      return withUnsafeBytes(of: UInt64(bytes.count).littleEndian, Array.init) + bytes
    }
  }

  /// - Throws: `Failure` (data) if they are damaged.
  static func documents(_ bytes: [UInt8]) throws(Failure) -> [SafetensorsDocument] {
    var (result, rest): ([SafetensorsDocument], ArraySlice<UInt8>) = ([], bytes[...])
    while !rest.isEmpty {
      let size = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      rest = rest.dropFirst(8)
      guard size <= UInt64(rest.count) else { throw .damagedMessage }
      result.append(try SafetensorsDocument(parsing: Array(rest.prefix(Int(size))), limits: limits))
      rest = rest.dropFirst(Int(size))
    }
    return result
  }
}

extension Failure {
  static var damagedMessage: Failure {
    Failure(.software, "a message of another process is damaged", remedy: "run the same version in all")
  }
}

extension PredictionRequest {
  /// The columns that no network reads.
  private static let unread: Set<String> = ["time", "split", "history", "history_time"]

  var document: SafetensorsDocument {
    switch self {
    case .shape(let chunk, let rows): Self.document(chunk, ["expects": "\(rows)"])
    case .rows(let chunk, let firstRow): Self.document(chunk, ["first": "\(firstRow)"])
    case .end: SafetensorsDocument(tensors: [:])
    }
  }

  private static func document(_ chunk: Chunk, _ metadata: [String: String]) -> SafetensorsDocument {
    SafetensorsDocument(
      tensors: chunk.columns.filter { !unread.contains($0.key) }.compactMapValues(\.tensor),
      metadata: metadata)
  }

  init(_ document: SafetensorsDocument) {
    if let rows = document.metadata["expects"].flatMap({ Int($0) }) {
      self = .shape(Chunk(document.tensors), firstRows: rows)
    } else if let row = document.metadata["first"].flatMap({ Int($0) }) {
      self = .rows(Chunk(document.tensors), firstRow: row)
    } else {
      self = .end
    }
  }
}

extension PredictionAnswer {
  var document: SafetensorsDocument {
    switch result {
    case .failure(let failure):
      var metadata = ["kind": "\(failure.kind.rawValue)", "problem": failure.problem]
      (metadata["place"], metadata["remedy"]) = (failure.place, failure.remedy)
      return SafetensorsDocument(tensors: [:], metadata: metadata)
    case .success(let (prediction, batches)):
      var document = SafetensorsDocument(tensors: [
        "rows": Tensor(batches.map { Int64($0.rows) }, shape: [batches.count]),
        "sums": Tensor(batches.flatMap(\.values), shape: [batches.reduce(0) { $0 + $1.values.count }]),
        "counts": Tensor(batches.map { Int64($0.values.count) }, shape: [batches.count]),
      ])
      document.metadata["outputs"] = "\(prediction.outputs.count)"
      for (number, output) in prediction.outputs.enumerated() { output.write(into: &document, number) }
      return document
    }
  }

  /// - Throws: `Failure` (software) if the document is not an answer.
  init(_ document: SafetensorsDocument) throws(Failure) {
    if let problem = document.metadata["problem"], let code = document.metadata["kind"].flatMap({ Int32($0) })
    {
      result = .failure(
        Failure(
          Failure.Kind(rawValue: code) ?? .software, problem, at: document.metadata["place"],
          remedy: document.metadata["remedy"]))
      return
    }
    guard let count = document.metadata["outputs"].flatMap({ Int($0) }),
      let batches = Self.batches(document)
    else { throw .damagedMessage }
    let outputs = (0..<count).compactMap { Prediction.Output(document, $0) }
    guard outputs.count == count else { throw .damagedMessage }
    result = .success((Prediction(outputs: outputs), batches))
  }

  private static func batches(_ document: SafetensorsDocument) -> [BatchSums]? {
    guard let rows = document.tensors["rows"]?.values(as: Int64.self),
      let counts = document.tensors["counts"]?.values(as: Int64.self), counts.count == rows.count,
      let sums = document.tensors["sums"]?.values(as: Double.self),
      counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == sums.count
    else { return nil }
    var rest = sums[...]
    return zip(rows, counts).map { rows, count in
      defer { rest = rest.dropFirst(Int(count)) }
      return BatchSums(rows: Int(rows), values: Array(rest.prefix(Int(count))))
    }
  }
}

extension Prediction.Output {
  fileprivate func write(into document: inout SafetensorsDocument, _ number: Int) {
    document.metadata["\(number).name"] = name
    document.metadata["\(number).targets"] = givenTargets
    document.tensors["\(number).values"] = values
    document.tensors["\(number).scaled"] = Tensor(scaled, shape: [scaled.count])
    document.tensors["\(number).mask"] = mask.map { Tensor($0.map { UInt8($0 ? 1 : 0) }, shape: [$0.count]) }
    document.tensors["\(number).paths"] = paths
    for (column, tensor) in limits { document.tensors["\(number).limits.\(column)"] = tensor }
  }

  /// Nil if the document doesn't have output `number`.
  fileprivate init?(_ document: SafetensorsDocument, _ number: Int) {
    guard let values = document.tensors["\(number).values"],
      let scaled = document.tensors["\(number).scaled"]?.values(as: Double.self)
    else { return nil }
    self.init(
      name: document.metadata["\(number).name"], values: values,
      mask: document.tensors["\(number).mask"]?.values(as: UInt8.self).map { $0.map { $0 == 1 } },
      givenTargets: document.metadata["\(number).targets"])
    self.scaled = scaled
    paths = document.tensors["\(number).paths"]
    let prefix = "\(number).limits."
    for (column, tensor) in document.tensors where column.hasPrefix(prefix) {
      limits[String(column.dropFirst(prefix.count))] = tensor
    }
  }
}
