// The options that say how rnn-split divides rows into parts.

import ArgumentParser
import Sequences

/// The method and the sizes of a split.
struct SplitOptions: ParsableArguments {
  @Flag(help: "Split at random.")
  var random = false

  @Flag(help: "Split at random, with the same proportions of the classes in y in each part.")
  var stratified = false

  @Option(
    help: ArgumentHelp(
      "Split in row order: rows (8640,2880,2880) or fractions (0.7,0.1,0.2).",
      valueName: "train,validation,test"))
  var chronological: String?

  @Option(help: ArgumentHelp("The test part of a random split (default: 0.2).", valueName: "size"))
  var test: String?

  @Option(help: ArgumentHelp("The validation part of a random split (default: none).", valueName: "size"))
  var validation: String?

  func validate() throws { _ = try partition() }

  /// The partition, with sizes that match the method.
  func partition() throws -> Partition {
    guard [random, stratified, chronological != nil].count(where: { $0 }) == 1 else {
      throw ValidationError("use one of --random, --stratified and --chronological")
    }
    if let chronological { return .chronological(try chronologicalSizes(chronological)) }
    let test = try size(test ?? "0.2", of: "--test")
    let validation = try validation.map { try size($0, of: "--validation") }
    return random
      ? .random(test: test, validation: validation) : .stratified(test: test, validation: validation)
  }

  /// The options for sizes as they are given to --chronological, training, validation and test; nil for anything else.
  static func randomSizes(_ text: String) -> String? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard (1...3).contains(parts.count), parts.allSatisfy({ PartSize($0) != nil }) else { return nil }
    return (parts.count == 3 ? "--validation \(parts[1]) " : "") + "--test \(parts[parts.count - 1])"
  }

  private func chronologicalSizes(_ text: String) throws -> [PartSize] {
    guard test == nil, validation == nil else {
      throw ValidationError(
        "--test and --validation are options of random splits; --chronological gives the sizes of all parts")
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = try parts.map { try size(String($0), of: "--chronological") }
    guard (2...3).contains(sizes.count) else {
      throw ValidationError(
        "--chronological takes two or three sizes with commas between them, such as 0.8,0.2, not \(text)")
    }
    // Nothing is nothing, as a number of rows and as a fraction.
    let units = Set(sizes.filter { $0 != .count(0) && $0 != .fraction(0) }.map(\.isFraction))
    guard units.count < 2 else {
      throw ValidationError("--chronological \(text) mixes numbers of rows and fractions")
    }
    return sizes
  }

  private func size(_ text: String, of option: String) throws -> PartSize {
    guard let size = PartSize(text) else {
      throw ValidationError(
        "\(option): \(text) is neither a number of rows nor a fraction between 0 and 1")
    }
    return size
  }
}
