// How well detected anomalies agree with labeled ones, step by step and range by range.
//
// Points: precision = TP / (TP + FP), recall = TP / (TP + FN), F1 = 2 precision recall / (precision + recall); a ratio
// without steps is 0, as in scikit-learn.
//
// Ranges: N. Tatbul, T. J. Lee, S. Zdonik, M. Alam and J. Gottschlich, "Precision and Recall for Time Series" (NeurIPS 2018).
// A range is a run of steps that are all labeled (R), or all detected (P). With alpha = 0 (no reward for existence), a flat
// bias, and the cardinality factor 1 / x:
//
//   recall    = mean over R of  |R and P| / |R| / max(1, number of P that overlap R)
//   precision = mean over P of  |P and R| / |P| / max(1, number of R that overlap P)
//
// Point-adjusted F1 (Xu et al., "Unsupervised Anomaly Detection via Variational Auto-Encoder for Seasonal KPIs in Web
// Applications", WWW 2018) counts all steps of a labeled range as detected if one is. Random scores do well by it (Kim et al.,
// "Towards a Rigorous Evaluation of Time-Series Anomaly Detection", AAAI 2022), so it is never called F1.

/// The agreement of detections with labels, added up step by step.
public struct DetectionScores: Sendable {
  /// A run of steps and what overlaps it.
  private struct Range {
    var steps = 0
    var overlap = 0
    /// The number of ranges of the other kind that overlap it.
    var others = 0

    /// The share that overlaps, divided by the number of ranges that it is split among.
    var reward: Double { Double(overlap) / Double(steps) / Double(max(1, others)) }
  }

  /// The sum of the rewards of the ranges of one kind.
  private struct Ranges {
    var open: Range?
    var count = 0
    var rewards = 0.0

    /// Adds a step to the open range.
    /// - Parameters:
    ///   - isOverlap: whether the step is of the other kind too.
    ///   - beginsOverlap: whether that is the first such step of the other kind's range.
    mutating func add(_ isOverlap: Bool, beginsOverlap: Bool) {
      let begins = open == nil
      var range = open ?? Range()
      range.steps += 1
      if isOverlap { range.overlap += 1 }
      if isOverlap, begins || beginsOverlap { range.others += 1 }
      open = range
    }

    mutating func close() {
      guard let range = open else { return }
      count += 1
      rewards += range.reward
      open = nil
    }

    var mean: Double { count == 0 ? 0 : rewards / Double(count) }
  }

  /// The number of steps.
  public private(set) var steps = 0
  /// The number of labeled steps.
  public private(set) var labeled = 0
  /// The number of detected steps.
  public private(set) var detected = 0
  private var hits = 0
  private var labeledRanges = Ranges()
  private var detectedRanges = Ranges()
  /// Labeled steps of closed ranges with a detection.
  private var adjustedHits = 0

  /// No steps yet.
  public init() {}

  /// Adds the next step.
  public mutating func add(isDetected: Bool, isLabeled: Bool) {
    steps += 1
    if isDetected { detected += 1 }
    if isLabeled { labeled += 1 }
    if isDetected, isLabeled { hits += 1 }
    let (wasLabeled, wasDetected) = (labeledRanges.open != nil, detectedRanges.open != nil)
    if !isLabeled { closeLabeled() }
    if !isDetected { detectedRanges.close() }
    let isBoth = isLabeled && isDetected
    if isLabeled { labeledRanges.add(isBoth, beginsOverlap: !wasDetected) }
    if isDetected { detectedRanges.add(isBoth, beginsOverlap: !wasLabeled) }
  }

  /// Ends all ranges: the next step does not follow the last one.
  public mutating func interrupt() {
    closeLabeled()
    detectedRanges.close()
  }

  private mutating func closeLabeled() {
    if let range = labeledRanges.open, range.overlap > 0 { adjustedHits += range.steps }
    labeledRanges.close()
  }

  /// The names and values of all measures.
  public var values: [(name: String, value: Double)] {
    var ended = self
    ended.interrupt()
    return ended.finalValues
  }

  private var finalValues: [(name: String, value: Double)] {
    let (precision, recall) = (Self.ratio(hits, detected), Self.ratio(hits, labeled))
    let (ranges, found) = (detectedRanges.mean, labeledRanges.mean)
    let adjusted = Self.ratio(adjustedHits, adjustedHits + detected - hits)
    return [
      ("precision", precision), ("recall", recall), ("f1", Self.f1(precision, recall)),
      ("range_precision", ranges), ("range_recall", found), ("range_f1", Self.f1(ranges, found)),
      ("point_adjusted_f1", Self.f1(adjusted, Self.ratio(adjustedHits, labeled))),
    ]
  }

  private static func ratio(_ part: Int, _ whole: Int) -> Double {
    whole == 0 ? 0 : Double(part) / Double(whole)
  }

  private static func f1(_ precision: Double, _ recall: Double) -> Double {
    precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
  }
}
