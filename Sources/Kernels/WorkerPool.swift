// A pool of threads that share the items of a phase. Between phases they spin briefly, because the phases of a
// training step follow each other closely and waking a sleeping thread takes longer than most phases; then they
// sleep.
//
// Which thread processes which item is arbitrary: the division into items depends only on the data, and every result
// is written by a single item, so results don't depend on the threads.

import CPUTarget
import Glibc
import Synchronization
import Threads

/// Work that is done in phases, each consisting of independent items.
public protocol PhasedWork: AnyObject {
  /// A phase and its arguments.
  associatedtype Phase: Sendable
  /// Processes one item of a phase; `worker` is the index of the thread, for per-thread scratch memory.
  func perform(_ phase: Phase, item: Int, worker: Int)
}

extension PhasedWork {
  /// Processes one item of the phase that `phase` points to.
  fileprivate func perform(at phase: UnsafeRawPointer, item: Int, worker: Int) {
    perform(phase.assumingMemoryBound(to: Phase.self).pointee, item: item, worker: worker)
  }
}

/// A fixed number of threads, including the caller's.
public final class WorkerPool: @unchecked Sendable {
  /// The number of threads, including the caller's.
  public let workers: Int
  private let generation = Atomic<Int>(0)
  private let nextItem = Atomic<Int>(0)
  private let busy = Atomic<Int>(0)
  private let sleepers = Atomic<Int>(0)
  private let closing = Atomic<Bool>(false)
  private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var threads: [WorkerThread] = []
  // Written by the caller before it increments `generation`, read by workers after they have seen the increment.
  private var work: (any PhasedWork)?
  /// The phase, in the stack frame of `run`, which returns when all items are done.
  private var phase: UnsafeRawPointer?
  private var items = 0

  /// - Parameter workers: the number of threads, including the caller's; at least 1.
  public init(workers: Int) {
    self.workers = max(1, workers)
    pthread_mutex_init(lock, nil)
    pthread_cond_init(wake, nil)
    for number in 1..<self.workers {
      // Without memory for all threads, fewer do the work; the results are the same.
      guard let thread = start(worker: number) else { break }
      threads.append(thread)
    }
  }

  deinit {
    lock.deallocate()
    wake.deallocate()
  }

  /// Ends the threads; the pool can't be used afterwards.
  public func close() {
    closing.store(true, ordering: .sequentiallyConsistent)
    announce()
    for thread in threads { thread.join() }
    threads = []
  }

  /// Processes all items of a phase and returns when the last is done.
  public func run<Work: PhasedWork>(_ work: Work, _ phase: Work.Phase, items: Int) {
    guard !threads.isEmpty, items > 1 else {
      for item in 0..<items { work.perform(phase, item: item, worker: 0) }
      return
    }
    withUnsafePointer(to: phase) { phase in
      self.work = work
      self.phase = UnsafeRawPointer(phase)
      self.items = items
      nextItem.store(0, ordering: .relaxed)
      busy.store(threads.count, ordering: .relaxed)
      announce()
      processItems(worker: 0)
      var spins = 0
      while busy.load(ordering: .acquiring) > 0 { pause(&spins) }
      self.phase = nil
    }
  }

  private func processItems(worker: Int) {
    guard let work, let phase else { return }
    while true {
      let item = nextItem.wrappingAdd(1, ordering: .relaxed).oldValue
      guard item < items else { return }
      work.perform(at: phase, item: item, worker: worker)
    }
  }

  private func announce() {
    generation.wrappingAdd(1, ordering: .sequentiallyConsistent)
    guard sleepers.load(ordering: .sequentiallyConsistent) > 0 else { return }
    pthread_mutex_lock(lock)
    pthread_cond_broadcast(wake)
    pthread_mutex_unlock(lock)
  }

  private func serve(worker: Int) {
    var seen = 0
    while true {
      waitForPhase(after: seen)
      if closing.load(ordering: .sequentiallyConsistent) { return }
      seen += 1
      processItems(worker: worker)
      busy.wrappingSubtract(1, ordering: .releasing)
    }
  }

  /// Returns as soon as `generation` differs from `seen`: spins first, then sleeps.
  private func waitForPhase(after seen: Int) {
    for _ in 0..<spinLimit {
      if generation.load(ordering: .acquiring) != seen { return }
      cpu_relax()
    }
    pthread_mutex_lock(lock)
    sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen { pthread_cond_wait(wake, lock) }
    sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(lock)
  }

  /// Waits briefly; after many waits, yields the core to another thread, which may be the one being waited for.
  private func pause(_ spins: inout Int) {
    spins += 1
    if spins > spinLimit { sched_yield() } else { cpu_relax() }
  }

  /// A worker's thread; nil if none can be started.
  private func start(worker: Int) -> WorkerThread? { WorkerThread { self.serve(worker: worker) } }
}

/// About 50 microseconds of waiting.
private let spinLimit = 2_000
