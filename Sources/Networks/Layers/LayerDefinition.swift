// The definition of a kind of layer. Each kind is one type in one file; the layers string, Keras's JSON, summaries,
// weight exchange and the documentation are loops over the kinds in LayerCatalog.swift, and nothing else switches
// over them.

import Failures
import JSON
import ONNX
import OptionSyntax

/// A kind of layer with its options, before it is built.
protocol LayerDefinition: Sendable, Equatable {
  /// Its name in a layers string, and its options with names, defaults and help.
  static var table: OptionTable<Self> { get }
  /// Keras's class name, or one in the same style if Keras has no such layer.
  static var kerasClass: String { get }
  /// Whether Keras has such a layer; otherwise a network with it can't be written for Keras.
  static var isInKeras: Bool { get }
  /// The base of Keras's names for layers of this kind, and of weights' names.
  static var numberedName: String { get }
  /// What one row of its output is, for documentation.
  static var outputHelp: String { get }
  /// How many values it reads, besides initial states.
  static var arity: ClosedRange<Int> { get }

  /// The layer with these options; throws `Failure` (usage) if they contradict each other.
  func checked() throws -> Self
  /// The layers that it wraps; Keras numbers them before it.
  var wrapped: [LayerSpec] { get }

  /// The shapes of its outputs, from those of its inputs: its output, then its states.
  /// - Throws: `Failure` (usage) if it can't read such inputs.
  func outputs(_ inputs: [ValueShape]) throws -> [ValueShape]
  /// Its weights, in Keras's order, for these inputs.
  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec]
  /// Builds the layer on these values.
  func make(_ inputs: [LayerInput], _ context: LayerContext) throws -> any Layer

  /// Reads the layer from Keras's JSON; throws `Failure` (data).
  init(keras config: [String: JSONValue], _ location: KerasLocation) throws
  /// Its config in Keras's JSON, without the keys that all layers have.
  func keras(_ names: LayerNames) -> [String: JSONValue]
  /// Adds the keys that Keras writes for every layer to the config.
  func addCommonConfig(to config: inout [String: JSONValue])

  /// What Keras's layer of this kind doesn't have, such as an option; nil if Keras has it all.
  var kerasObstacle: String? { get }

  /// Writes its nodes into an ONNX graph.
  /// - Returns: its output, then the states that it returns.
  /// - Throws: `Failure` (data) if ONNX has nothing like it.
  func writeONNX(_ call: ONNXCall) throws -> [ONNXValue]
  /// The mask of its output in an ONNX graph; nil if all steps count.
  func maskInONNX(_ call: ONNXCall) throws -> ONNXValue?
  /// Whether its nodes are for one number of steps only.
  var needsStepsInONNX: Bool { get }

  /// Writes itself into a program in C.
  /// - Returns: its output, then the states that it returns.
  /// - Throws: `Failure` (data) if there is no C for it.
  func writeC(_ call: CCall) throws -> [CValue]
  /// The mask of its output in a program in C; nil if all steps count.
  func maskInC(_ call: CCall) throws -> CValue?
  /// Whether its program is for one number of steps only.
  var needsStepsInC: Bool { get }
  /// How many of the values that it reads, the first ones, have numbers of steps of their own; the others have the same.
  var readsApartInC: Int { get }

  /// Adds what it computes at a step to a chain of steps.
  /// - Throws: `Failure` (usage) if it has no step of its own.
  func addStep(to plan: inout StepPlan) throws

  // MARK: Properties that the network depends on

  /// How it deals with the channels of its inputs.
  var channelUse: ChannelUse { get }
  /// The recurrent layer itself, or those of both directions.
  var directions: [any RecurrentDefinition] { get }
  /// Where the mask of its output comes from.
  var maskRule: MaskRule { get }
  /// Whether it uses its input's mask, so that Keras passes it as an argument.
  var takesMask: Bool { get }
  /// Whether it is the identity, except in training.
  var isIdentityInPrediction: Bool { get }
  /// Whether it reads its first value as a left factor of products alone: then an embedding's output can be taken
  /// token by token, and features are stored without padding.
  func readsByProducts(inputWidth: Int, isTraining: Bool) -> Bool
  /// The size of its vocabulary, if it reads token ids.
  var vocabulary: Int? { get }
  /// Whether it reads the characters of each word rather than one id a step.
  var readsCharacters: Bool { get }
  /// Whether it computes the loss of its output itself.
  var hasOwnLoss: Bool { get }
  /// The function that computes its output, if it applies to each number or each row.
  var outputFunction: OutputFunction? { get }
  /// Whether its output in training depends on all rows of the batch, unless it is frozen.
  var usesBatchStatistics: Bool { get }
  /// Why it can't process a sequence step by step, such as `goes backwards`; nil if it can.
  var streamingObstacle: String? { get }
  /// Whether a step of its output needs, of the values that `reads` marks, only the same step or earlier ones, so that
  /// they can be produced step by step; other values are whole.
  func decodes(reads: [Bool], _ shapes: [ValueShape]) -> Bool
  /// Whether it does the same to each step of a sequence as to a vector, so that time_distributed can wrap it.
  var worksOnEachStep: Bool { get }
}

// What most kinds have in common.
extension LayerDefinition {
  static var name: String { table.name }
  static var isInKeras: Bool { true }
  static var numberedName: String { table.name }
  static var arity: ClosedRange<Int> { 1...1 }

  func checked() throws -> Self { self }
  var wrapped: [LayerSpec] { [] }
  func weights(_ inputs: [ValueShape]) throws -> [WeightSpec] { [] }

  init(keras config: [String: JSONValue], _ location: KerasLocation) throws {
    self = try Self.table.read(keras: config, location)
  }
  func keras(_ names: LayerNames) -> [String: JSONValue] { Self.table.keras(self) }
  func addCommonConfig(to config: inout [String: JSONValue]) {
    config["dtype"] = .kerasObject("keras", "DTypePolicy", ["name": "float32"])
    config["trainable"] = true
  }

  var kerasObstacle: String? { nil }
  var channelUse: ChannelUse { .asRows }
  var directions: [any RecurrentDefinition] { [] }
  var maskRule: MaskRule { .keeps }
  var takesMask: Bool { false }
  var isIdentityInPrediction: Bool { false }
  func readsByProducts(inputWidth: Int, isTraining: Bool) -> Bool { false }
  var vocabulary: Int? { nil }
  var readsCharacters: Bool { false }
  var hasOwnLoss: Bool { false }
  var outputFunction: OutputFunction? { nil }
  var usesBatchStatistics: Bool { false }
  var streamingObstacle: String? { nil }
  var worksOnEachStep: Bool { false }
  func decodes(reads: [Bool], _ shapes: [ValueShape]) -> Bool {
    // A sequence that is whole has other steps than one that is produced.
    streamingObstacle == nil && zip(reads, shapes).allSatisfy { $0 || $1.steps == nil }
  }
}

extension LayerDefinition {
  /// Reads the layer from a layers string; throws `Failure` (usage).
  init(_ syntax: CallSyntax) throws { self = try Self.table.read(syntax).checked() }

  /// The layer as written in a layers string, without defaults.
  var text: String { Self.table.text(self) }

  func isEqual(to other: any LayerDefinition) -> Bool { (other as? Self) == self }

  /// The shape, if it has steps of numbers; throws `WrongRank` if not.
  func sequence(_ shape: ValueShape) throws -> (steps: Int, width: Int) {
    guard case .sequence(let steps, let width) = shape else {
      throw WrongRank(layer: Self.name, hasSteps: false)
    }
    return (steps, width)
  }
}
