// The peak of the cores: OpenBLAS's product of large matrices, the reference for the networks' arithmetic.

import COpenBLAS
import Failures
import Kernels

/// The speed of OpenBLAS's sgemm on this machine.
enum MatrixPeak {
  /// The kernels that OpenBLAS chose for this CPU.
  static var core: String { String(cString: blas_core_name()) }

  /// The speed on square matrices in 10^9 floating-point operations per second: the best of `repeats`
  /// products after one that is not counted.
  static func measure(threads: Int, size: Int = 2_048, repeats: Int = 5) throws -> Double {
    if let problem = linearAlgebraProblem() {
      throw Failure(.unavailable, "OpenBLAS can't be loaded: \(problem)", remedy: "make deps")
    }
    blas_set_threads(Int32(threads))
    let a = [Float](repeating: 0.5, count: size * size)
    let b = [Float](repeating: 0.25, count: size * size)
    var c = [Float](repeating: 0, count: size * size)
    let n = Int32(size)
    let clock = ContinuousClock()
    let times = (0...repeats).map { _ in
      clock.measure {
        blas_sgemm(n, a, b, &c)
      } / .seconds(1)
    }
    let operations = 2 * Double(size) * Double(size) * Double(size)
    return operations / (times.dropFirst().min() ?? .infinity) / 1e9
  }
}
