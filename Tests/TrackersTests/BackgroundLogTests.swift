// The thread that sends: everything arrives, in order; what doesn't is counted; nothing waits for a tracker that hangs.

import Failures
import Glibc
import Synchronization
import Testing
import Trackers

/// A destination that a test describes.
private final class Destination: RunDestination, Sendable {
  let mostValues: Int
  let interval = 0.01
  let received = Mutex<[RunPart]>([])
  private let answer: @Sendable (Int) throws(DeliveryError) -> Void

  init(mostValues: Int = 3, _ answer: @escaping @Sendable (Int) throws(DeliveryError) -> Void = { _ in }) {
    (self.mostValues, self.answer) = (mostValues, answer)
  }

  func send(_ part: RunPart) throws(DeliveryError) {
    let number = received.withLock { parts in
      parts.append(part)
      return parts.count
    }
    try answer(number)
  }
}

private let refusal = DeliveryError(Failure(.unavailable, "no"), isTransient: true)
private let end = TrackedEnd(.done, time: 9)

@Suite struct BackgroundLogTests {
  private func add(_ count: Int, to log: BackgroundLog) {
    for step in 0..<count { log.metric(TrackedMetric(name: "a", step: step, value: 1, time: 0)) }
  }

  @Test func everythingArrivesInOrder() {
    let (log, destination) = (BackgroundLog(), Destination())
    log.parameter("key", "value")
    add(2, to: log)
    log.begin { destination }
    add(8, to: log)
    #expect(log.finish(end) == nil)
    let parts = destination.received.withLock { $0 }
    #expect(parts.flatMap(\.metrics).map(\.step) == [0, 1] + Array(0..<8))
    #expect(parts.last?.end == end && parts.dropLast().allSatisfy { $0.end == nil })
    #expect(parts.first?.parameters == ["key": "value"])
    #expect(parts.allSatisfy { $0.metrics.count <= 3 })
  }

  @Test func aPartThatFailedIsSentAgain() {
    let log = BackgroundLog()
    let destination = Destination(mostValues: 99) { number throws(DeliveryError) in
      if number == 1 { throw refusal }
    }
    add(4, to: log)
    log.begin { destination }
    while destination.received.withLock({ $0.isEmpty }) { usleep(1000) }
    #expect(log.finish(end) == nil)
    #expect(destination.received.withLock { $0.map(\.metrics.count) } == [4, 4])
  }

  @Test func whatIsNotDeliveredIsCounted() {
    let log = BackgroundLog(capacity: 5)
    add(9, to: log)
    log.begin { Destination { _ throws(DeliveryError) in throw refusal } }
    let lost = log.finish(end)
    #expect(lost?.values == 9 && lost?.ofValues == 9 && lost?.problem == "no")
  }

  @Test func droppedValuesAreCountedEvenIfTheOthersArrive() {
    let log = BackgroundLog(capacity: 5)
    add(9, to: log)
    log.begin { Destination() }
    #expect(log.finish(end)?.values == 4)
  }

  @Test func aDestinationThatHangsIsLeft() {
    let log = BackgroundLog()
    add(1, to: log)
    log.begin { Destination { _ throws(DeliveryError) in sleep(60) } }
    let start = ContinuousClock.now
    #expect(log.finish(end)?.values == 1)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test func oneThatRefusesForGoodIsNotAskedAgain() {
    let log = BackgroundLog()
    let destination = Destination { _ throws(DeliveryError) in
      throw DeliveryError(Failure(.unavailable, "denied"), isTransient: false)
    }
    log.begin { destination }
    add(3, to: log)
    let start = ContinuousClock.now
    #expect(log.finish(end)?.problem == "denied")
    #expect(destination.received.withLock { $0.count } == 1)
    #expect(ContinuousClock.now - start < .seconds(2))
  }

  @Test func nothingIsLostBeforeTheBeginning() {
    let log = BackgroundLog()
    add(1, to: log)
    #expect(log.finish(end) == nil)
  }
}
