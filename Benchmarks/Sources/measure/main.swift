import Glibc

// Runs commands in turn and prints CPU time and peak memory of each as the operating system accounts
// for them, and how much more CPU time each takes than the first.
// Usage: measure RUNS COMMAND [COMMAND ...], each command one argument, split at blanks.

struct Usage {
  var milliseconds: Double
  var kibibytes: Int
}

func run(_ command: String) -> Usage? {
  let words = command.split(separator: " ").map(String.init)
  var arguments = words.map { strdup($0) } + [nil]
  defer { arguments.forEach { free($0) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
  defer { posix_spawn_file_actions_destroy(&actions) }
  var process = pid_t()
  guard posix_spawnp(&process, words[0], &actions, nil, &arguments, environ) == 0 else {
    return nil
  }
  var status: Int32 = 0
  var usage = rusage()
  guard wait4(process, &status, 0, &usage) == process, status == 0 else { return nil }
  func milliseconds(_ time: timeval) -> Double {
    Double(time.tv_sec) * 1_000 + Double(time.tv_usec) / 1_000
  }
  return Usage(
    milliseconds: milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime),
    kibibytes: usage.ru_maxrss)
}

let arguments = Array(CommandLine.arguments.dropFirst())
guard let count = arguments.first.flatMap({ Int($0) }), count > 0, arguments.count > 1 else {
  print("usage: measure RUNS COMMAND [COMMAND ...]")
  exit(2)
}
var usages = [[Usage]](repeating: [], count: arguments.count - 1)
for round in 0...count {
  for (index, command) in arguments.dropFirst().enumerated() {
    guard let usage = run(command) else {
      print("measure: \(command) failed")
      exit(1)
    }
    // The first round warms the page cache.
    if round > 0 { usages[index].append(usage) }
  }
}

func hundredths(_ value: Double) -> String {
  let scaled = Int((value * 100).rounded())
  return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
}

func median(_ runs: [Usage]) -> Double {
  runs.map(\.milliseconds).sorted()[runs.count / 2]
}

print("CPU ms median   min   above first   peak MiB  command")
let first = median(usages[0])
for (command, runs) in zip(arguments.dropFirst(), usages) {
  let least = runs.map(\.milliseconds).min() ?? 0
  let memory = Double(runs.map(\.kibibytes).max() ?? 0) / 1_024
  let above = max(0, median(runs) - first)
  let figures = [median(runs), least, above, memory].map(hundredths)
  let widths = [13, 6, 14, 11]
  let cells = zip(figures, widths).map { String(repeating: " ", count: max(1, $1 - $0.count)) + $0 }
  print(cells.joined() + "  " + command)
}
