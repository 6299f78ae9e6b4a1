import Glibc

/// What this process has used so far.
public enum ProcessUsage {
  /// CPU time of all threads, user and system, in milliseconds.
  public static var milliseconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1_000 + Double(time.tv_nsec) / 1_000_000
  }

  /// The most memory that was resident, in KiB, or 0 where `/proc` is missing.
  ///
  /// It is `VmHWM` and not `ru_maxrss`: that one starts with the size of the process that called
  /// `exec`, which is larger than a small program.
  public static var peakKibibytes: Int {
    guard let status = readFile("/proc/self/status") else { return 0 }
    let name = Array("VmHWM:".utf8)
    for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
      return line.reduce(0) { value, byte in
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) ? value * 10 + Int(byte) - 48 : value
      }
    }
    return 0
  }
}

/// The best of several rounds in CPU milliseconds.
public func best(of rounds: Int = 9, _ body: () throws -> Void) rethrows -> Double {
  var best = Double.infinity
  for _ in 0..<rounds {
    let start = ProcessUsage.milliseconds
    try body()
    best = min(best, ProcessUsage.milliseconds - start)
  }
  return best
}
