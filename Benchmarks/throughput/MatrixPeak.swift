// What the cores can do: OpenBLAS's product of large matrices, the yardstick for the networks' arithmetic.

import COpenBLAS

/// The speed of OpenBLAS's sgemm on this machine.
enum MatrixPeak {
  /// The kernels that OpenBLAS chose for this CPU.
  static var core: String { String(cString: openblas_get_corename()) }

  /// 10^9 floating-point operations a second on square matrices: the best of `repeats` products after one that
  /// doesn't count.
  static func measure(threads: Int, size: Int = 2_048, repeats: Int = 5) -> Double {
    openblas_set_num_threads(Int32(threads))
    let a = [Float](repeating: 0.5, count: size * size)
    let b = [Float](repeating: 0.25, count: size * size)
    var c = [Float](repeating: 0, count: size * size)
    let n = Int32(size)
    let clock = ContinuousClock()
    let times = (0...repeats).map { _ in
      clock.measure {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
      } / .seconds(1)
    }
    let operations = 2 * Double(size) * Double(size) * Double(size)
    return operations / (times.dropFirst().min() ?? .infinity) / 1e9
  }
}
